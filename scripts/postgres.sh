# shellcheck shell=bash
# One PostgreSQL of our own: DIR/data holds the cluster, DIR/log its log. Sourced by services.sh.
# Trust authentication and the superuser otp: it listens on the loopback address only and has no socket file.

# postgres_bin [DIR]: the folder of the programs; those that made the cluster when there is one.
postgres_bin() {
    local version="" candidate found="" tree=${OTP_SERVICES_TREE:-}
    [ -n "${1:-}" ] && version=$(cat "$1/data/PG_VERSION" 2>/dev/null || true)
    for candidate in "$tree"/usr/lib/postgresql/"${version:-*}"/bin "$tree"/usr/lib/postgresql/*/bin; do
        [ -x "$candidate/postgres" ] || continue
        candidate=${candidate#"$tree"}
        if [ -n "$version" ]; then
            [ "$candidate" = "/usr/lib/postgresql/$version/bin" ] && found=$candidate && break
        else
            found=$(printf '%s\n%s\n' "$found" "$candidate" | sort -V | tail -n 1)
        fi
    done
    [ -n "$found" ] || return 1
    printf '%s\n' "$found"
}

# postgres_pid DIR: the postmaster that runs on this cluster, if one does.
postgres_pid() {
    local pid
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && alive "$pid" && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$1/data" || return 1
    printf '%s\n' "$pid"
}

postgres_accepts() {
    "$(OTP_SERVICES_TREE="" postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$1" -U otp -d postgres -t 2
}

postgres_init() {
    local dir=$1 bin=$2
    rm -rf "$dir/data.new"
    # Under another name until it is whole: an initdb that was interrupted must not pass for a cluster.
    server_user "$dir" postgres env -i PATH="$bin:/usr/bin:/bin" LC_ALL=C.UTF-8 \
        "$bin/initdb" -D "$dir/data.new" -A trust -U otp -E UTF8 --locale=C.UTF-8 >"$dir/log/initdb.log" 2>&1 ||
        { show_tail "$dir/log/initdb.log"; return 1; }
    mv "$dir/data.new" "$dir/data"
}

postgres_start() {
    local dir=$1 port=$2 bin pid
    bin=$(postgres_bin "$dir") || die "PostgreSQL $(cat "$dir/data/PG_VERSION" 2>/dev/null) is not installed: scripts/services.sh install"
    if postgres_pid "$dir" >/dev/null; then
        postgres_accepts "$port" && return 0
        postgres_stop "$dir"
    fi
    port_taken "$port" && die "PostgreSQL cannot start: port $port is taken."
    own_dir "$dir" postgres
    own_dir "$dir/log" postgres
    [ -s "$dir/data/PG_VERSION" ] || postgres_init "$dir" "$bin" || die "initdb failed in $dir."
    # PostgreSQL refuses to start while the process number of a killed server is in use again by anybody else.
    pid=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null || true)
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then rm -f "$dir/data/postmaster.pid"; fi
    if ! (
        cd "$dir" || exit 1
        server_user "$dir" postgres env -i PATH="$bin:/usr/bin:/bin" LC_ALL=C.UTF-8 \
            "$bin/pg_ctl" start -D "$dir/data" -w -t "$SERVICE_TIMEOUT" -l "$dir/log/postgres.log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300" \
            -o "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c timezone=UTC -c log_timezone=UTC" \
            >"$dir/log/pg_ctl.log" 2>&1 </dev/null
    ) || ! wait_until "$SERVICE_TIMEOUT" postgres_accepts "$port"; then
        show_tail "$dir/log/pg_ctl.log"
        show_tail "$dir/log/postgres.log"
        die "PostgreSQL did not start in $dir on port $port."
    fi
}

postgres_ready() {
    wait_until "$SERVICE_TIMEOUT" postgres_accepts "$2" || { show_tail "$1/log/postgres.log"; return 1; }
}

postgres_stop() {
    local bin
    postgres_pid "$1" >/dev/null || return 0
    bin=$(postgres_bin "$1")
    server_user "$1" postgres "$bin/pg_ctl" stop -D "$1/data" -m fast -w -t 30 >>"$1/log/pg_ctl.log" 2>&1 </dev/null || postgres_kill "$1"
}

# postgres_kill DIR: the postmaster is frozen first, so that it cannot start another child between the count and the blow.
postgres_kill() {
    local pid children
    pid=$(postgres_pid "$1") || return 0
    kill -STOP "$pid"
    # Processes end while they are counted, which grep reports as a failure.
    children=$(grep -lsx "PPid:[[:space:]]*$pid" /proc/[0-9]*/status | sed 's|/proc/\([0-9]*\)/status|\1|' || true)
    # shellcheck disable=SC2086
    kill -KILL "$pid" $children 2>/dev/null || true
    # shellcheck disable=SC2086
    wait_until 10 none_alive "$pid" $children || die "PostgreSQL in $1 cannot be killed."
}
