#!/usr/bin/env bash
# Makes what compose.yaml reads from ./secrets, each file only where it is missing: what is in use is never replaced.
# With --sqlserver what compose.sqlserver.yaml reads besides, in ./secrets/sqlserver.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

SQLSERVER=""
if [ "${1:-}" = --sqlserver ]; then SQLSERVER=yes; shift; fi
FOLDER=${1:-$PROJECT_ROOT/secrets}
MADE=""

# make NAME VALUE: the folder is closed to others; the file itself must be readable for the containers' own users, since a
# secret from a file keeps its rights when it is mounted.
make() {
    [ ! -e "$FOLDER/$1" ] || return 0
    (umask 022 && printf '%s\n' "$2" >"$FOLDER/$1.new")
    mv "$FOLDER/$1.new" "$FOLDER/$1"
    MADE="$MADE $1"
}

mkdir -p "$FOLDER"
chmod 700 "$FOLDER"
make postgres-password "$(random_hex 24)"
make RabbitMq__Password "$(random_hex 24)"
make postgres-owner-password "$(random_hex 24)"
make postgres-hosts-password "$(random_hex 24)"
make ConnectionStrings__Otp "Host=postgres;Username=otp;Database=otp;Password=$(cat "$FOLDER/postgres-hosts-password")"
make ConnectionStrings__Otp.owner "Host=postgres;Username=otp_owner;Database=otp;Password=$(cat "$FOLDER/postgres-owner-password")"
# The hosts declare, write and read what is theirs; amq.default carries answers to the queues of those who asked. RabbitMQ takes
# the file's right to read for that to write and the other way round, so both are the same; nobody can read from amq.default.
readonly OWN='^(OtpPipeline[.]|otp-|(request|verify|cancel|resend|next)-otp)'
make rabbitmq.conf "default_user = otp
default_pass = $(cat "$FOLDER/RabbitMq__Password")
default_user_tags.administrator = false
default_permissions.configure = $OWN
default_permissions.write = $OWN|^amq[.]default\$
default_permissions.read = $OWN|^amq[.]default\$"
make Otp__PinKeys__0__Id "$(date -u +%Y-%m-%d)"
make Otp__PinKeys__0__Key "$(random_base64 32)"
make Otp__LookupKey "$(random_base64 32)"
make Applications__0__Id "$(random_guid)"
make Applications__0__Keys__0__Key "$(random_hex 24)"
make Applications__0__WebhookSecrets__0 "whsec_$(random_base64 32)"
make Admin__Key "$(random_hex 24)"
if [ -n "$SQLSERVER" ]; then
    mkdir -p "$FOLDER/sqlserver"
    # The server wants three kinds of characters in a password.
    make sqlserver/sa-password "Otp-$(random_hex 24)"
    make sqlserver/owner-password "Otp-$(random_hex 24)"
    make sqlserver/hosts-password "Otp-$(random_hex 24)"
    # The server's certificate is its own; within the network of the containers nobody else answers to its name.
    readonly AT="Server=sqlserver;Database=otp;TrustServerCertificate=True"
    make sqlserver/ConnectionStrings__Otp "$AT;User Id=otp;Password=$(cat "$FOLDER/sqlserver/hosts-password")"
    make sqlserver/ConnectionStrings__Otp.owner "$AT;User Id=otp_owner;Password=$(cat "$FOLDER/sqlserver/owner-password")"
fi
if [ -n "$MADE" ]; then
    say "Made in $FOLDER:$MADE"
    say "Keep a copy of this folder apart from the database's backups: without the keys no stored PIN or recipient can be read."
else
    say "Nothing is missing in $FOLDER."
fi
