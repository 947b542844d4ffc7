# After roles.sql, by the entrypoint of PostgreSQL's image, when the data folder is new.
for role in demeter_owner demeter; do
    printf "ALTER ROLE %s PASSWORD '%s';\n" "$role" "$(cat "/run/secrets/$role")"
done | psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB"

# PgBouncer keeps the start-up options for itself: these are Demeter's defaults.
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
ALTER ROLE demeter SET statement_timeout = '15s';
ALTER ROLE demeter SET lock_timeout = '5s';
ALTER ROLE demeter SET idle_in_transaction_session_timeout = '60s';
SQL
