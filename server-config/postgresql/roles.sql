-- Makes Demeter's two roles in the database that this is run in, and may be run again:
--
--   psql --dbname demeterai --file roles.sql        as a superuser
--   psql --command '\password demeter_owner'        and then for demeter
--
-- demeter_owner owns the database's tables and migrates them (DATABASE_URL_SYNC); demeter reads and writes rows, and
-- can change nothing else (DATABASE_USER). What demeter owned before goes to demeter_owner.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'demeter_owner') THEN
        CREATE ROLE demeter_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'demeter') THEN
        CREATE ROLE demeter LOGIN;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO demeter_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO demeter', current_database());
    -- Temporary tables come last, not first as they do without being named.
    EXECUTE format('ALTER ROLE demeter IN DATABASE %I SET search_path = public, pg_temp', current_database());
END
$$;

REASSIGN OWNED BY demeter TO demeter_owner;

-- So that it sees what demeter's sessions wait for: behind a pooler it is asked whether commits are confirmed.
GRANT demeter TO demeter_owner;

-- The schema public belongs to whoever owns the database.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM demeter;
GRANT USAGE ON SCHEMA public TO demeter;

-- What migrations have created, and what they will. No TRUNCATE, no REFERENCES, no TRIGGER.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM demeter;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO demeter;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO demeter;
ALTER DEFAULT PRIVILEGES FOR ROLE demeter_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO demeter;
ALTER DEFAULT PRIVILEGES FOR ROLE demeter_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO demeter;
