#!/bin/sh
# Makes the two roles of the database and says what each may do. The container of PostgreSQL
# runs it once by itself; after each `migrate` run it again:
#   docker compose exec db sh /docker-entrypoint-initdb.d/grant.sh
set -eu
psql -v ON_ERROR_STOP=1 -q -U postgres -d gigstream \
  -v database=gigstream -v owner=gigstream_owner -v app=gigstream_app -f /gigstream/roles.sql
psql -v ON_ERROR_STOP=1 -q -U postgres -d gigstream \
  -v owner_password="$DB_OWNER_PASSWORD" -v app_password="$DB_PASSWORD" <<'SQL'
ALTER ROLE gigstream_owner PASSWORD :'owner_password';
ALTER ROLE gigstream_app PASSWORD :'app_password';
SQL
