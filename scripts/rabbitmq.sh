# shellcheck shell=bash
# One RabbitMQ of our own: DIR holds its store, log, cookie and settings. Sourced by services.sh.
# Its name server (epmd) and distribution port are its own too, on the loopback address: no other Erlang node sees it.
# The nodes of a cluster share the name server and the cookie of the first, which is to run while others start.

rabbitmq_script() {
    local candidate
    for candidate in /usr/lib/rabbitmq/bin/"$1" /usr/local/sbin/"$1"; do
        if [ -x "${OTP_SERVICES_TREE:-}$candidate" ]; then printf '%s\n' "$candidate"; return 0; fi
    done
    return 1
}

# rabbitmq_env DIR PORT COMMAND...: the whole environment of the server and its tools, nothing from the caller's.
rabbitmq_env() {
    local dir=$1 port=$2 epmd dist node
    shift 2
    read -r epmd dist node <"$dir/ports"
    server_user "$dir" rabbitmq env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME="$dir" \
        ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd" RABBITMQ_DIST_PORT="$dist" \
        RABBITMQ_NODENAME="${node:-otp@localhost}" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
        RABBITMQ_MNESIA_BASE="$dir/mnesia" RABBITMQ_LOG_BASE="$dir/log" RABBITMQ_SCHEMA_DIR="$dir/schema" \
        RABBITMQ_CONF_ENV_FILE="$dir/settings/env.conf" RABBITMQ_CONFIG_FILE="$dir/settings/rabbitmq.conf" \
        RABBITMQ_ADVANCED_CONFIG_FILE="$dir/settings/advanced.config" RABBITMQ_ENABLED_PLUGINS_FILE="$dir/settings/enabled_plugins" \
        RABBITMQ_GENERATED_CONFIG_DIR="$dir/schema" RABBITMQ_PID_FILE="$dir/rabbitmq.pid" "$@"
}

# rabbitmq_settings DIR [FIRST]: our own files, because the machine's in /etc/rabbitmq would be read otherwise. With the folder FIRST
# of a node that runs, an empty node becomes a member of its cluster.
rabbitmq_settings() {
    local dir=$1 first=${2:-} own="otp-${1##*/}@localhost" epmd dist node
    mkdir -p "$dir/settings"
    printf '[].\n' >"$dir/settings/enabled_plugins"
    printf '[].\n' >"$dir/settings/advanced.config"
    printf 'log.file.level = info\n' >"$dir/settings/rabbitmq.conf"
    printf '# nothing\n' >"$dir/settings/env.conf"
    epmd=$(random_port 30000 31000) node=otp@localhost
    if [ -n "$first" ]; then
        read -r epmd dist node <"$first/ports"
        printf 'cluster_formation.peer_discovery_backend = classic_config\n' >>"$dir/settings/rabbitmq.conf"
        printf 'cluster_formation.classic_config.nodes.%s = %s\n' 1 "$node" 2 "$own" >>"$dir/settings/rabbitmq.conf"
        node=$own
        [ -s "$dir/.erlang.cookie" ] || cp -p "$first/.erlang.cookie" "$dir/.erlang.cookie"
    fi
    printf '%s %s %s\n' "$epmd" "$(random_port 31000 32000)" "$node" >"$dir/ports"
    if [ ! -s "$dir/.erlang.cookie" ]; then
        rm -f "$dir/.erlang.cookie"
        (umask 077 && random_hex 20 >"$dir/.erlang.cookie")
    fi
    if is_root; then chown -R rabbitmq "$dir/settings" "$dir/.erlang.cookie"; fi
    chmod 400 "$dir/.erlang.cookie"
}

# rabbitmq_accepts DIR PORT: this start has announced itself as complete, and AMQP is open.
rabbitmq_accepts() {
    grep -q 'Starting broker.*completed with' "$1/log/out.log" 2>/dev/null && port_open "$2"
}

# rabbitmq_start DIR PORT [FIRST]: a node that joined a cluster once joins it again without FIRST.
rabbitmq_start() {
    local dir=$1 port=$2 server first=${3:-}
    server=$(rabbitmq_script rabbitmq-server) || die "RabbitMQ is not installed: scripts/services.sh install"
    if [ -n "$(marked_processes "$dir")" ]; then
        if rabbitmq_accepts "$dir" "$port"; then return 0; fi
        rabbitmq_stop "$dir"
    fi
    port_taken "$port" && die "RabbitMQ cannot start: port $port is taken."
    own_dir "$dir" rabbitmq
    own_dir "$dir/log" rabbitmq
    if [ -n "$first" ]; then (cd "$first" && pwd -P) >"$dir/first"; fi
    if [ -s "$dir/first" ]; then first=$(cat "$dir/first"); fi
    rabbitmq_settings "$dir" "$first"
    : >"$dir/log/out.log"
    (
        cd "$dir" || exit 1
        ulimit -n 65536 2>/dev/null || true
        rabbitmq_env "$dir" "$port" OTP_SERVICE_DIR="$dir" setsid "$server" >"$dir/log/out.log" 2>&1 </dev/null &
    )
    rabbitmq_ready "$dir" "$port" || die "RabbitMQ did not start in $dir on port $port."
}

rabbitmq_ready() {
    local deadline=$((SECONDS + SERVICE_TIMEOUT)) grace=$((SECONDS + 5))
    until rabbitmq_accepts "$1" "$2"; do
        if [ $SECONDS -ge $deadline ] || { [ $SECONDS -ge $grace ] && [ -z "$(marked_processes "$1")" ]; }; then
            show_tail "$1/log/out.log"
            show_tail "$1/log/$(cut -d ' ' -f 3 "$1/ports").log"
            return 1
        fi
        sleep 0.1
    done
}

# rabbitmq_machines DIR: the Erlang machine that runs from this folder, if one does.
rabbitmq_machines() {
    local pid
    for pid in $(marked_processes "$1"); do
        if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = beam.smp ]; then printf '%s\n' "$pid"; fi
    done
}

# rabbitmq_stop DIR: SIGTERM to the Erlang machine is an orderly stop; its epmd never ends by itself.
rabbitmq_stop() {
    local machine
    machine=$(rabbitmq_machines "$1")
    if [ -n "$machine" ]; then
        # shellcheck disable=SC2086
        kill -TERM $machine 2>/dev/null || true
        # shellcheck disable=SC2086
        wait_until 30 none_alive $machine || warn "RabbitMQ in $1 does not stop in 30 s; it is killed."
    fi
    kill_marked "$1"
    rm -f "$1/log/out.log"
}

rabbitmq_kill() {
    kill_marked "$1"
    rm -f "$1/log/out.log"
}

# rabbitmq_ctl DIR PORT ARGUMENTS...: rabbitmqctl against this server. Erlang prints an error for a working folder that its user cannot read.
rabbitmq_ctl() {
    local dir=$1 port=$2
    shift 2
    (cd "$dir" && rabbitmq_env "$dir" "$port" "$(rabbitmq_script rabbitmqctl)" "$@")
}
