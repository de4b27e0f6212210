#!/bin/sh
# A stand-in's first start, as the image documents it: a superuser with the password of a file, then the scripts of a folder.
set -eu
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown postgres "$PGDATA"
    chmod 700 "$PGDATA"
    exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --username "${POSTGRES_USER:-postgres}" --pwfile "$POSTGRES_PASSWORD_FILE" --auth-local trust --auth-host scram-sha-256 \
        --encoding UTF8 >/dev/null
    printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    # Without an address until the scripts are through, so that nobody takes it for ready.
    pg_ctl start --wait --options "-c listen_addresses='' -c unix_socket_directories=/tmp" >/dev/null
    for script in /docker-entrypoint-initdb.d/*.sh; do PGHOST=/tmp sh "$script"; done
    pg_ctl stop --wait --mode fast >/dev/null
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/tmp,/var/run/postgresql
