#!/bin/sh
# For compose.yaml: the postgres image runs this when it makes its data folder.
set -eu
psql --username "$POSTGRES_USER" -v ON_ERROR_STOP=1 -v owner=owner -v portal=portal -v worker=worker -f /deploy/roles.sql
