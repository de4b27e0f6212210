# shellcheck shell=bash
# The same two servers under docker compose, for systems without Debian's packages. Sourced by services.sh.
# Each folder DIR is a compose project of its own, with its own volumes.

compose_available() { have docker && docker compose version >/dev/null 2>&1; }

# compose DIR PORT ARGUMENTS...
compose() {
    local project port=$2
    project="otp-pipeline-$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)"
    shift 2
    OTP_POSTGRES_PORT="$port" OTP_AMQP_PORT="$port" \
        docker compose --project-name "$project" --file "$PROJECT_ROOT/scripts/servers.compose.yaml" "$@"
}

compose_do() {
    local action=$1 service=$2 dir=$3 port=$4
    mkdir -p "$dir"
    case "$action" in
        start) compose "$dir" "$port" up --detach --wait --wait-timeout "$SERVICE_TIMEOUT" "$service" ||
            { compose "$dir" "$port" logs --tail 20 "$service" >&2; die "$service did not start under docker compose."; } ;;
        stop) compose "$dir" "$port" stop "$service" ;;
        kill) compose "$dir" "$port" kill --signal SIGKILL "$service" ;;
        ready) wait_until "$SERVICE_TIMEOUT" port_open "$port" ;;
        remove) compose "$dir" "$port" down --volumes ;;
    esac
}
