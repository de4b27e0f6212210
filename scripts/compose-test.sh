#!/usr/bin/env bash
# Runs the deployment of compose.yaml on a container engine, sends OTPs through it, and breaks it while it works.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
readonly STAND_INS="$PROJECT_ROOT/scripts/compose-test"

usage() {
    cat <<'USAGE'
scripts/compose-test.sh [--keep]

Builds the images, migrates, waits until all is healthy, scales the workers to three, takes OTPs through every channel of the
sandbox, restarts the broker, kills a worker and restarts the database under load. It works in a folder, a compose project and
images of its own and removes them. Base images that cannot be pulled are made of Debian 13 (scripts/debian-tree.sh) and this
machine's .NET SDK. Exit code 77 with the reason where there is no engine or no base image.

  --keep            leaves the folder, the containers and the images
  OTP_DEBIAN_TREE   the tree of Debian 13, kept for the next run (/var/lib/otp-pipeline/debian13)
USAGE
}

KEEP="" WORK="" ENGINE_PID="" MADE=()

skip() { warn "Skipped: $*"; exit 77; }

finish() {
    local status=$?
    trap - EXIT INT TERM HUP
    end_step
    if [ -n "$WORK" ] && [ -z "$KEEP" ]; then
        deployed down --volumes --timeout 5 >/dev/null 2>&1 || true
        docker image rm --force "$PROJECT-api" "$PROJECT-workers" ${MADE[@]+"${MADE[@]}"} >/dev/null 2>&1 || true
        if [ -n "$ENGINE_PID" ]; then
            kill -TERM "$ENGINE_PID" 2>/dev/null || true
            wait_until 30 none_alive "$ENGINE_PID" || true
        fi
        # An engine leaves its network namespace mounted.
        umount "$WORK"/exec/netns/* 2>/dev/null || true
        rm -rf "$WORK"
    fi
    exit $status
}

# need_engine: the one that answers, or one of our own with its data in WORK.
need_engine() {
    have docker || skip "there is no docker."
    ! docker info >/dev/null 2>&1 || return 0
    have dockerd && is_root || skip "no container engine answers."
    export DOCKER_HOST="unix://$WORK/docker.sock"
    setsid dockerd --data-root "$WORK/engine" --exec-root "$WORK/exec" --host "$DOCKER_HOST" --pidfile "$WORK/docker.pid" \
        >"$WORK/dockerd.log" 2>&1 </dev/null &
    ENGINE_PID=$!
    wait_until 60 engine_answers || { show_tail "$WORK/dockerd.log"; skip "dockerd does not start here."; }
}

engine_answers() { docker info >/dev/null 2>&1 || ! alive "$ENGINE_PID"; }

# tree: Debian 13, made once.
tree() {
    TREE=${OTP_DEBIAN_TREE:-/var/lib/otp-pipeline/debian13}
    [ -e "$TREE/.whole" ] || { is_root && have debootstrap; } ||
        skip "images cannot be pulled, and debootstrap is not there to make some."
    step "Debian 13" "$WORK/tree.log" "$PROJECT_ROOT/scripts/debian-tree.sh" "$TREE" ||
        { show_tail "$WORK/tree.log"; skip "no tree of Debian 13 could be made."; }
}

# need_compose: version 2, which knows the name of a project; from the tree where the machine's own is older.
need_compose() {
    ! docker compose version >/dev/null 2>&1 || return 0
    tree
    export DOCKER_CONFIG="$WORK/docker-config"
    mkdir -p "$DOCKER_CONFIG/cli-plugins"
    cp "$TREE/usr/bin/docker-compose" "$DOCKER_CONFIG/cli-plugins/"
    docker compose version >/dev/null 2>&1 || skip "there is no docker compose."
}

# debian_image: the tree as an image that the stand-ins begin with.
debian_image() {
    ! docker image inspect "$PROJECT-debian" >/dev/null 2>&1 || return 0
    tree
    say "    importing Debian $(cat "$TREE/etc/debian_version")"
    tar -C "$TREE" --one-file-system --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -c . |
        docker import - "$PROJECT-debian" >/dev/null
    MADE+=("$PROJECT-debian")
}

# base_image NAME TARGET: the image that compose.yaml or the Dockerfile names: there, pulled, or made.
base_image() {
    if docker image inspect "$1" >/dev/null 2>&1 || timeout 60 docker pull --quiet "$1" >/dev/null 2>&1; then
        say "    $1: the image itself"
        return
    fi
    debian_image
    local context="$WORK/stand-in"
    if [ ! -d "$context" ]; then
        cp -R "$STAND_INS" "$context"
        have dotnet || skip "images cannot be pulled, and the .NET SDK is not there to make some."
        cp -RL "$(dirname "$(readlink -f "$(command -v dotnet)")")" "$context/dotnet"
        # The feed and the authorities that this machine restores packages with.
        mkdir "$context/machine"
        cp "${HOME:-/root}/.nuget/NuGet/NuGet.Config" "$context/machine/" 2>/dev/null || true
        cp /etc/ssl/certs/ca-certificates.crt "$context/machine/"
    fi
    DOCKER_BUILDKIT=0 docker build --quiet --network host --build-arg "BASE=$PROJECT-debian" --target "$2" --tag "$1" "$context" \
        >"$WORK/image.log" 2>&1 ||
        { show_tail "$WORK/image.log"; die "The stand-in for $1 could not be built."; }
    MADE+=("$1")
    say "    $1: a stand-in of Debian 13"
}

deployed() {
    docker compose --project-name "$PROJECT" --project-directory "$WORK/deployment" --file "$WORK/deployment/compose.yaml" \
        --file "$WORK/deployment/compose.override.yaml" "$@"
}

deployment() {
    mkdir "$WORK/deployment"
    (cd "$PROJECT_ROOT" && tar --exclude=bin --exclude=obj -c src tools scripts compose.yaml Dockerfile .dockerignore .editorconfig \
        Directory.* BannedSymbols.txt global.json) | tar -C "$WORK/deployment" -x
    cat >"$WORK/deployment/compose.override.yaml" <<YAML
x-callbacks: &callbacks {Callbacks__AllowedNetworks__0: 172.16.0.0/12, Callbacks__AllowedNetworks__1: 192.168.0.0/16}
services:
  migrate: {image: $PROJECT-api, build: {network: host}}
  api: {image: $PROJECT-api, build: {network: host}, environment: *callbacks}
  workers: {image: $PROJECT-workers, build: {network: host}, environment: *callbacks}
YAML
    "$WORK/deployment/scripts/secrets.sh" >/dev/null
}

all_healthy() {
    [ "$(deployed ps --all --format '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}' | sort | awk '
        $1 == "migrate" { if ($2 == "exited" && $NF == 0) good++; next }
        $3 == "healthy" { good++ }
        END { print good + 0 }')" = "$1" ]
}

# healthy COUNT WHAT: so many containers, the ended migration among them.
healthy() {
    wait_until 300 all_healthy "$1" || { deployed ps --all >&2; deployed logs --tail 20 >&2; die "Not all is healthy: $2."; }
    say "    $2: all healthy"
}

client() {
    OTP_URL="http://127.0.0.1:$OTP_PORT" OTP_API_KEY=$(cat "$WORK/deployment/secrets/Applications__0__Keys__0__Key") \
        python3 "$STAND_INS/client.py" "$@"
}

rights() {
    local found
    found=$(deployed exec -T postgres psql --no-psqlrc -At --username postgres --dbname otp -c \
        "SELECT count(*) FROM pg_roles WHERE rolname IN ('otp', 'otp_owner') AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls)
         UNION ALL SELECT count(*) FROM pg_tables WHERE schemaname = 'public'
             AND (tableowner <> 'otp_owner' OR has_table_privilege('otp', 'public.' || quote_ident(tablename), 'TRUNCATE'))
         UNION ALL SELECT has_schema_privilege('otp', 'public', 'CREATE')::int")
    [ "$(printf '%s' "$found" | tr '\n' ' ')" = "0 0 0" ] || die "The hosts' role may do more than read and write rows: $found"
    found=$(deployed exec -T rabbitmq rabbitmqctl --quiet list_users --no-table-headers | tr -s '[:space:]' ' ')
    [ "$found" = "otp [] " ] || die "The broker has other users than one that is no administrator: $found"
    found=$(deployed exec -T rabbitmq rabbitmqctl --quiet list_permissions --no-table-headers |
        awk '{ print ($2 !~ /amq/) ($3 ~ /amq[[][.]/) ($2 !~ /^[.][*]/) }')
    [ "$found" = 111 ] || die "The hosts' rights at the broker are not those of scripts/secrets.sh."
    say "    the hosts are no superuser, own no table, and are no administrator of the broker"
}

# stage_base STAGE: the image that a stage of the Dockerfile begins with.
stage_base() { sed -n "s/^FROM \(.*\) AS $1\$/\1/p" "$PROJECT_ROOT/Dockerfile"; }

main() {
    local started=$SECONDS
    case "${1:-}" in "") ;; --keep) KEEP=yes ;; --help | -h) usage; exit 0 ;; *) usage >&2; exit 2 ;; esac
    have python3 || skip "there is no python3."
    # Short, since the engine's socket lies in it.
    WORK=$(mktemp -d /var/tmp/otp-compose.XXXXXX)
    PROJECT="otp-compose-$(random_hex 3)"
    trap finish EXIT
    trap 'exit 130' INT TERM HUP
    need_engine
    need_compose
    say "Base images"
    base_image postgres:17 postgres
    base_image rabbitmq:4-management rabbitmq
    base_image "$(stage_base build)" sdk
    base_image "$(stage_base host)" aspnet
    deployment
    OTP_PORT=$(random_port 23000 25000)
    export OTP_PORT OTP_SANDBOX=true OTP_SANDBOX_IN_PRODUCTION=true
    say "Building the hosts"
    export DOCKER_BUILDKIT=0
    step "building" "$WORK/build.log" deployed build api workers || { show_tail "$WORK/build.log" 40; die "The images could not be built."; }
    say "Starting"
    deployed up --detach --no-build >"$WORK/up.log" 2>&1 ||
        { show_tail "$WORK/up.log"; deployed logs --tail 30 >&2; die "compose up failed."; }
    healthy 5 "one of each"
    deployed up --detach --no-build --scale workers=3 >"$WORK/up.log" 2>&1
    healthy 7 "three workers"
    deployed exec -T postgres psql --no-psqlrc -At --username postgres -c 'SHOW server_version' | sed 's/^/    PostgreSQL /'
    deployed exec -T rabbitmq rabbitmqctl --quiet version | sed 's/^/    RabbitMQ /'
    rights
    say "OTPs"
    client channels "http://api:8080/sandbox/callbacks"
    client parallel 20 16
    client during "the broker restarts" -- docker restart "$(deployed ps --quiet rabbitmq)"
    client during "a worker is killed" -- docker kill "$(deployed ps --quiet workers | head -n 1)"
    # The engine does not restart what was killed by hand.
    deployed up --detach --no-build --scale workers=3 >"$WORK/up.log" 2>&1
    client during "the database restarts" -- docker restart "$(deployed ps --quiet postgres)"
    healthy 7 "after all that"
    say "The deployment held, in $((SECONDS - started)) s."
}

main "$@"
