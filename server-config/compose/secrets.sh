#!/bin/sh
# Makes what compose.yaml calls secrets, in the folder .secrets of the checkout or in the one that is named: passwords,
# an authority, and certificates by it for PostgreSQL and PgBouncer. What is there is kept.
set -eu

folder=${1:-$(dirname "$0")/../../.secrets}
mkdir -p "$folder"
cd "$folder"
chmod 700 .

for name in postgres demeter_owner demeter grafana; do
    [ -e "$name" ] || openssl rand -hex 24 >"$name"
done

if [ ! -e ca ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj "/CN=Demeter's authority" -keyout ca_key -out ca 2>/dev/null
fi
for host in postgresql pgbouncer; do
    if [ ! -e "${host}_certificate" ]; then
        openssl req -newkey rsa:3072 -nodes -subj "/CN=$host" -keyout "${host}_key" -out request 2>/dev/null
        printf 'subjectAltName=DNS:%s\n' "$host" >extensions
        openssl x509 -req -in request -CA ca -CAkey ca_key -CAcreateserial -days 825 -extfile extensions \
            -out "${host}_certificate" 2>/dev/null
        rm request extensions
    fi
done

printf '"demeter" "%s"\n' "$(cat demeter)" >pgbouncer_users
printf 'DATABASE_URL_SYNC=jdbc:postgresql://postgresql:5432/demeterai?user=demeter_owner&password=%s\n' \
    "$(cat demeter_owner)" >owner.env

# Containers read them as users of their own; the folder lets nobody else on this machine in.
chmod 644 -- *
