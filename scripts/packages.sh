# shellcheck shell=bash
# Debian packages that are missing, and a clear sentence where we may not install them. Sourced.

is_debian() { [ -e /etc/debian_version ] && have apt-get; }

apt_command() { printf 'sudo apt-get update && sudo apt-get install --no-install-recommends %s\n' "$*"; }

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

# disable_services NAME...: the machine shall not run at its next start what we installed for ourselves.
disable_services() {
    local name
    for name in "$@"; do
        if have systemctl && [ -d /run/systemd/system ]; then
            systemctl disable --now "$name" >/dev/null 2>&1 || true
        else
            if have invoke-rc.d; then invoke-rc.d "$name" stop >/dev/null 2>&1 || true; fi
            if have systemctl; then systemctl disable "$name" >/dev/null 2>&1 || true; fi
            if have update-rc.d && [ -e "/etc/init.d/$name" ]; then update-rc.d "$name" disable >/dev/null 2>&1 || true; fi
        fi
    done
}

# install_packages PACKAGE...: as root on Debian; anybody else is told what to type.
install_packages() {
    local log guard=/usr/sbin/policy-rc.d guarded="" status=0
    is_root || die "Not installed: $*. You are not root, so please type:
    $(apt_command "$@")"
    log=$(mktemp)
    say "Installing from Debian's packages: $*"
    # While it exists, no package starts its service. One that is there already is its owner's.
    if [ ! -e "$guard" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$guard"
        chmod 755 "$guard"
        guarded=yes
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    step "installing $*" "$log" apt_install "$@" || status=$?
    if [ -n "$guarded" ]; then
        rm -f "$guard"
        trap - EXIT
    fi
    [ $status = 0 ] || { show_tail "$log" 30; rm -f "$log"; die "apt-get could not install $*."; }
    rm -f "$log"
}

# icu_present: whether the hosts find ICU, which Unicode normalisation needs.
icu_present() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q 'libicuuc\.so'; }

# icu_package: its name carries a version, which differs by Debian's release.
icu_package() {
    case "$(cat /etc/debian_version)" in
        12*) printf 'libicu72\n' ;;
        13*) printf 'libicu76\n' ;;
        *) printf 'libicu-dev\n' ;;
    esac
}

# install_missing [PACKAGE...]: those packages and, when they are missing, ICU, PostgreSQL and RabbitMQ, in one go. No service
# is enabled or running because of us afterwards.
install_missing() {
    local wanted="$*" services=""
    if is_debian && ! icu_present; then wanted="$wanted $(icu_package)"; fi
    if ! postgres_bin >/dev/null; then wanted="$wanted postgresql" services="$services postgresql"; fi
    if ! rabbitmq_script rabbitmq-server >/dev/null; then
        wanted="$wanted rabbitmq-server" services="$services rabbitmq-server"
        have epmd || services="$services epmd.socket epmd"
    fi
    case " $wanted " in *" pgbouncer "*) services="$services pgbouncer" ;; esac
    [ -n "$wanted" ] || return 0
    # shellcheck disable=SC2086
    install_packages $wanted
    # shellcheck disable=SC2086
    disable_services $services
}
