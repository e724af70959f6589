#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two stores, two users: the bot's user cannot even connect to the desk's database, and the other way round.
set -euo pipefail
for store in desk phone; do
  password=$(cat "/run/secrets/${store}_password")
  psql -v ON_ERROR_STOP=1 -v name="amparo_${store}" -v password="$password" --username postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
