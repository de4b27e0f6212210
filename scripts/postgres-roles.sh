#!/bin/sh
# Run once by the database's container of compose.yaml, when its volume is empty: the database, its owner, and the role of the hosts.
#
# otp_owner owns the database and runs the migrations. otp, the role of Api and Workers, reads and writes rows and changes nothing else.
set -eu

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set owner_password `cat /run/secrets/postgres-owner-password`
\set hosts_password `cat /run/secrets/postgres-hosts-password`
CREATE ROLE otp_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE otp LOGIN PASSWORD :'hosts_password';
CREATE DATABASE otp OWNER otp_owner;
REVOKE ALL ON DATABASE otp FROM PUBLIC;
GRANT CONNECT ON DATABASE otp TO otp;
\connect otp
ALTER SCHEMA public OWNER TO otp_owner;
GRANT USAGE ON SCHEMA public TO otp;
ALTER DEFAULT PRIVILEGES FOR ROLE otp_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO otp;
ALTER DEFAULT PRIVILEGES FOR ROLE otp_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO otp;
SQL
