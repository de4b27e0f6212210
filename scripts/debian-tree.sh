#!/usr/bin/env bash
# Makes a tree of Debian 13 with PostgreSQL 17 and RabbitMQ 4, from the mirror that this machine's apt uses.
# ./test --services DIR runs its servers from the tree, scripts/compose-test.sh makes images of it.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'USAGE'
scripts/debian-tree.sh DIR    Debian 13 in DIR, with PostgreSQL 17 and RabbitMQ 4; about 600 MB

As root on Debian, with debootstrap. A tree that is whole is left as it is. DIR lies where the users postgres and
rabbitmq can reach it, so not below /root. OTP_DEBIAN_MIRROR: another mirror than the one that apt uses.
USAGE
}

# What the servers and the hosts need: libicu for .NET, docker-compose where the machine's own is too old.
readonly PACKAGES=postgresql-17,rabbitmq-server,ca-certificates,libicu76,libssl3t64,curl,docker-compose,procps

mirror() {
    [ -z "${OTP_DEBIAN_MIRROR:-}" ] || { printf '%s\n' "$OTP_DEBIAN_MIRROR"; return; }
    apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
        awk '$1 == "Packages" && $3 == "Debian" && $4 == "main" { print $NF; exit }'
}

# no_services TREE: no package starts a service while the tree is made; the tree shares this machine's processes.
no_services() {
    mkdir -p "$1/usr/sbin"
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
}

make_tree() {
    local tree=$1 from
    from=$(mirror)
    [ -n "$from" ] || die "apt knows no mirror of Debian; OTP_DEBIAN_MIRROR names one."
    debootstrap --variant=minbase --include=ca-certificates trixie "$tree" "$from"
    no_services "$tree"
    chroot "$tree" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get update -q
    # Trees have no cluster of their own: each test makes one.
    mkdir -p "$tree/etc/postgresql-common"
    printf 'create_main_cluster = false\n' >"$tree/etc/postgresql-common/createcluster.conf"
    chroot "$tree" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
        apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold ${PACKAGES//,/ }
    chroot "$tree" apt-get clean
    rm -rf "$tree"/var/lib/apt/lists/*
    find "$tree/var/lib/rabbitmq" "$tree/var/log" -mindepth 1 -type f -delete
}

version() { chroot "$1" dpkg-query -W -f '${Version}' "$2"; }

main() {
    case "${1:-}" in "" | --help | -h) usage; [ -n "${1:-}" ] || exit 2; exit 0 ;; esac
    if [ -e "$1/.whole" ]; then say "A tree of Debian 13 is in $1."; return; fi
    [ ! -e "$1" ] || [ -z "$(ls -A "$1")" ] || [ -e "$1/debootstrap" ] || die "$1 holds something else."
    is_root || die "debootstrap needs root."
    have debootstrap || die "debootstrap is needed: apt-get install debootstrap"
    (umask 022 && mkdir -p "$1")
    (umask 022 && make_tree "$1")
    date -u +%Y-%m-%d >"$1/.whole"
    say "Debian $(cat "$1/etc/debian_version") in $1: PostgreSQL $(version "$1" postgresql-17), RabbitMQ $(version "$1" rabbitmq-server)"
}

main "$@"
