#!/bin/sh
# Runs once, on an empty volume: the role that Entrada works with, its two databases, and the role that may only read landed tables.
set -eu
psql -v ON_ERROR_STOP=1 -v app="$APP_PASSWORD" -v reader="$READER_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE entrada_app LOGIN PASSWORD :'app' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE entrada_reader LOGIN PASSWORD :'reader' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE entrada_reader SET default_transaction_read_only = on;
CREATE DATABASE entrada OWNER entrada_app;
CREATE DATABASE entrada_landing OWNER entrada_app;
REVOKE ALL ON DATABASE entrada, entrada_landing FROM PUBLIC;
GRANT CONNECT ON DATABASE entrada_landing TO entrada_reader;
SQL
