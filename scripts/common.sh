# shellcheck shell=bash
# What every script of this project shares: how it speaks, waits, finds ports and looks at processes.
# Sourced, never run. Linux is assumed only where a server runs natively; elsewhere the servers run under docker compose.

readonly PROJECT_ROOT="${PROJECT_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)}"
STEP_PID=""

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }

# show_tail FILE [LINES]: the end of a log, indented, for whoever has to find out why a step failed.
show_tail() {
    [ -s "$1" ] || { warn "    ($1 is empty)"; return 0; }
    warn "    last lines of $1:"
    tail -n "${2:-20}" "$1" | sed 's/^/    | /' >&2
}

# private_file FILE: empty, and readable for its owner only.
private_file() { rm -f "$1" && (umask 077 && : >"$1"); }

# step TITLE LOG COMMAND...: runs a command with its output in a file, and says every STEP_PACE seconds that it is still at it.
# STEP_NOTE names a function that is given the log and adds how far it is.
# STEP_MARK marks what the command leaves running for its own next part, and what ends with it.
STEP_PACE=4
STEP_NOTE=""
STEP_MARK=""
step() {
    local title=$1 log=$2 started=$SECONDS next=$STEP_PACE status=0
    shift 2
    private_file "$log"
    "$@" >"$log" 2>&1 </dev/null &
    STEP_PID=$!
    while kill -0 "$STEP_PID" 2>/dev/null; do
        sleep 0.1
        if [ $((SECONDS - started)) -ge $next ]; then
            say "    $title: still at it after $((SECONDS - started)) s${STEP_NOTE:+, $($STEP_NOTE "$log")}"
            next=$((next + STEP_PACE))
        fi
    done
    wait "$STEP_PID" || status=$?
    STEP_PID=""
    return $status
}

# end_step: ends what step runs, for a trap.
end_step() {
    [ -n "$STEP_PID" ] || return 0
    kill -TERM "$STEP_PID" 2>/dev/null || true
    wait "$STEP_PID" 2>/dev/null || true
    STEP_PID=""
    if [ -n "$STEP_MARK" ]; then end_marked "$STEP_MARK" 5; fi
}

# wait_until SECONDS COMMAND...: true as soon as the command succeeds, false when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.1
    done
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# port_taken PORT: whether anything listens there, on whatever address.
port_taken() {
    local hex
    hex=$(printf ':%04X' "$1")
    if [ -r /proc/net/tcp ]; then
        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'
    else
        port_open "$1"
    fi
}

# free_port FIRST: the first free port from there on.
free_port() {
    local port=$1
    while port_taken "$port"; do port=$((port + 1)); done
    printf '%s\n' "$port"
}

# random_port FROM TO: a free port in a range below the ephemeral ports, so that no outgoing connection holds it.
random_port() { free_port $(($1 + RANDOM % ($2 - $1))); }

# alive PID: running, and no zombie that nobody has collected yet.
alive() {
    local stat
    [ -n "$1" ] && kill -0 "$1" 2>/dev/null || [ -e "/proc/$1/stat" ] || return 1
    [ -r "/proc/$1/stat" ] || return 0
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    case "${stat##*) }" in
        X*) return 1 ;;
        # The first thread may be dead while others still hold the process's ports.
        Z*) set -- "/proc/$1/task/"*; [ $# -gt 1 ] ;;
    esac
}

none_alive() {
    local pid
    for pid in "$@"; do
        if alive "$pid"; then return 1; fi
    done
}

# marked_processes DIR: the processes that were started with OTP_SERVICE_DIR=DIR in their environment, and all that they
# started. It survives a lost pid file and cannot name a stranger that got a used number.
marked_processes() {
    [ -d /proc/self ] || return 0
    grep -lzxsF "OTP_SERVICE_DIR=$1" /proc/[0-9]*/environ 2>/dev/null | sed 's|/proc/\([0-9]*\)/environ|\1|' || true
}

# end_marked DIR SECONDS: asks them to stop, and kills what is left after that time.
end_marked() {
    local pids deadline=$((SECONDS + $2))
    pids=$(marked_processes "$1")
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086
    kill -TERM $pids 2>/dev/null || true
    while [ -n "$(marked_processes "$1")" ]; do
        if [ $SECONDS -ge $deadline ]; then
            kill_marked "$1"
            return 0
        fi
        sleep 0.1
    done
}

# kill_marked DIR: SIGKILL to all of them, until none is left. A process that dies loses its environment before its ports, hence
# the second look.
kill_marked() {
    local pids killed="" deadline=$((SECONDS + 10))
    # shellcheck disable=SC2086
    while pids=$(marked_processes "$1") && [ -n "$pids" ] || ! none_alive $killed; do
        killed="$killed $pids"
        kill -KILL $pids 2>/dev/null || true
        [ $SECONDS -lt $deadline ] || { warn "These processes of $1 cannot be killed: $pids"; return 1; }
        sleep 0.05
    done
}

# process_stamp PID: its number and its start, so that a later process with the same number is told apart.
process_stamp() {
    local stat
    if [ -r "/proc/$1/stat" ]; then
        stat=$(cat "/proc/$1/stat") || return 1
        # shellcheck disable=SC2086
        set -- "$1" ${stat##*) }
        printf '%s %s\n' "$1" "${21}"
    else
        printf '%s %s\n' "$1" "$(ps -o lstart= -p "$1" | tr -s ' ' '_')"
    fi
}

# claim FILE: makes this process the holder of the file; false when another living process is. The holder removes it.
claim() {
    until (set -o noclobber && process_stamp $$ >"$1") 2>/dev/null; do
        if holder "$1" >/dev/null; then return 1; fi
        rm -f "$1"
    done
}

# holder FILE: the living process that holds it.
holder() {
    local held
    held=$(cat "$1" 2>/dev/null) && [ -n "$held" ] || return 1
    alive "${held%% *}" && [ "$(process_stamp "${held%% *}" 2>/dev/null)" = "$held" ] && printf '%s\n' "${held%% *}"
}

# as_user USER COMMAND...: a server's own account when we are root, nobody else otherwise.
as_user() {
    local user=$1
    shift
    if is_root; then
        setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
    else
        "$@"
    fi
}

# server_user DIR USER COMMAND...: as_user, or the same within the tree of OTP_SERVICES_TREE, where DIR lies at the same place.
# The mounts end with the command, since nobody else sees them.
server_user() {
    local dir=$1 user=$2
    shift 2
    if [ -z "${OTP_SERVICES_TREE:-}" ]; then as_user "$user" "$@"; return; fi
    mkdir -p "$OTP_SERVICES_TREE$dir"
    unshare --mount sh -euc '
        tree=$1 dir=$2 user=$3
        shift 3
        for place in /proc /dev /sys "$dir"; do mount --rbind "$place" "$tree$place"; done
        for file in /etc/passwd /etc/group; do mount --bind "$file" "$tree$file"; done
        exec chroot --userspec="$(id -u "$user"):$(id -g "$user")" "$tree" "$@"' sh "$OTP_SERVICES_TREE" "$dir" "$user" "$@"
}

# own_dir DIR USER: a folder that this user owns and can reach.
own_dir() {
    [ -d "$1" ] || (umask 022 && mkdir -p "$1")
    if is_root; then chown "$2" "$1"; fi
    as_user "$2" test -w "$1" -a -x "$1" ||
        die "The user $2 cannot reach $1: one of the folders above it is closed to that user. Choose a folder that is not."
}

random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
random_base64() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }
random_guid() {
    local hex
    hex=$(random_hex 16)
    printf '%s-%s-4%s-8%s-%s\n' "${hex:0:8}" "${hex:8:4}" "${hex:13:3}" "${hex:17:3}" "${hex:20:12}"
}
