#!/usr/bin/env bash
# PostgreSQL and RabbitMQ for this project alone: installs what is missing, starts, stops and kills servers whose data
# lies in a folder of ours. A library for ./run and ./test, and a command for tests that break servers on purpose.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/packages.sh
. "$PROJECT_ROOT/scripts/packages.sh"
# shellcheck source=scripts/postgres.sh
. "$PROJECT_ROOT/scripts/postgres.sh"
# shellcheck source=scripts/rabbitmq.sh
. "$PROJECT_ROOT/scripts/rabbitmq.sh"
# shellcheck source=scripts/compose.sh
. "$PROJECT_ROOT/scripts/compose.sh"

# Seconds that a server may take to accept connections.
SERVICE_TIMEOUT=${OTP_SERVICE_TIMEOUT:-60}

# services_kind: native where the programs are there or apt-get can bring them, else docker compose. OTP_SERVICES decides otherwise.
services_kind() {
    case "${OTP_SERVICES:-}" in
        native | compose) printf '%s\n' "$OTP_SERVICES"; return 0 ;;
        "") ;;
        *) die "OTP_SERVICES is '$OTP_SERVICES'; it is native or compose." ;;
    esac
    if is_debian || { postgres_bin >/dev/null && rabbitmq_script rabbitmq-server >/dev/null; }; then
        printf 'native\n'
    elif compose_available; then
        printf 'compose\n'
    else
        die "PostgreSQL and RabbitMQ are needed: use Debian (their packages are installed for you), or install docker compose."
    fi
}

# ensure_servers [PACKAGE...]: both servers, and further Debian packages that the caller misses.
ensure_servers() {
    SERVICES_KIND=$(services_kind)
    if [ "$SERVICES_KIND" = native ]; then install_missing "$@"; fi
}

# service ACTION SERVER DIR PORT [ARGUMENTS]
service() {
    local action=$1 server=$2 dir=$3 port=$4
    shift 4
    : "${SERVICES_KIND:=$(services_kind)}"
    if [ "$SERVICES_KIND" = compose ]; then
        [ "$action" != start ] || [ $# = 0 ] || die "A cluster needs RabbitMQ from Debian's packages; docker compose starts single servers."
        compose_do "$action" "$server" "$dir" "$port"
        return
    fi
    case "$action" in
        ctl) rabbitmq_ctl "$dir" "$port" "$@" ;;
        remove)
            "${server}_kill" "$dir"
            rm -rf "$dir"
            ;;
        *) "${server}_$action" "$dir" "$port" "$@" ;;
    esac
}

# service_root NAME: where the folders of this checkout's servers lie: .local/NAME, or below /var/lib/otp-pipeline when the
# servers' users cannot reach the checkout. The instance is random, so that a new clone never meets an old clone's data.
service_root() {
    local local_dir="$PROJECT_ROOT/.local" user reachable=yes
    (umask 022 && mkdir -p "$local_dir/$1")
    [ -s "$local_dir/instance" ] || random_hex 6 >"$local_dir/instance"
    if is_root && [ "${SERVICES_KIND:-native}" = native ]; then
        for user in postgres rabbitmq; do
            as_user "$user" test -x "$local_dir/$1" || reachable=no
        done
    fi
    if [ $reachable = yes ]; then
        printf '%s\n' "$local_dir/$1"
        return 0
    fi
    local_dir="/var/lib/otp-pipeline/$(cat "$local_dir/instance")/$1"
    (umask 022 && mkdir -p "$local_dir")
    printf '%s\n' "$local_dir"
}

# kill_below ROOT: ends whatever server still runs from a folder below ROOT, for instance after a test was killed.
kill_below() {
    local file
    if [ "${SERVICES_KIND:=$(services_kind)}" = compose ]; then return 0; fi
    find "$1" -name postmaster.pid -path '*/data/*' 2>/dev/null | while read -r file; do
        postgres_kill "${file%/data/postmaster.pid}"
    done
    find "$1" -name rabbitmq.pid 2>/dev/null | while read -r file; do
        rabbitmq_kill "${file%/rabbitmq.pid}"
    done
}

services_usage() {
    cat <<'USAGE'
scripts/services.sh install [PACKAGE...]                          PostgreSQL and RabbitMQ from Debian's packages, when missing
scripts/services.sh start|stop|kill|ready|remove SERVER DIR PORT  SERVER is postgres or rabbitmq, DIR a folder of its own
scripts/services.sh start rabbitmq DIR PORT FIRST                 a node for the cluster of the node that runs in the folder FIRST
scripts/services.sh ctl rabbitmq DIR PORT ARGUMENTS               rabbitmqctl against that server

start returns when the server accepts connections; kill sends SIGKILL to all its processes; ready waits for it;
remove kills it and deletes DIR. OTP_SERVICE_TIMEOUT: seconds to wait (60). OTP_SERVICES: native or compose.
OTP_SERVICES_TREE: a tree of scripts/debian-tree.sh, from which the servers run, as root.
USAGE
}

services_main() {
    local action=${1:-} server=${2:-} dir=${3:-} port=${4:-}
    case "$action" in
        install) ensure_servers "${@:2}"; return ;;
        help | --help | -h) services_usage; return ;;
        start | stop | kill | ready | remove | ctl) ;;
        *) services_usage >&2; exit 2 ;;
    esac
    case "$action $server" in
        "ctl rabbitmq") ;;
        ctl*) warn "ctl is for rabbitmq only."; exit 2 ;;
        "start rabbitmq") ;;
        *" postgres" | *" rabbitmq") [ $# -le 4 ] || { services_usage >&2; exit 2; } ;;
        *) warn "The server is postgres or rabbitmq, not '$server'."; exit 2 ;;
    esac
    case "$port" in "" | *[!0-9]*) warn "DIR and PORT are needed; PORT is a number."; exit 2 ;; esac
    if have realpath; then dir=$(realpath -m -- "$dir"); fi
    shift 4
    service "$action" "$server" "$dir" "$port" "$@"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then services_main "$@"; fi
