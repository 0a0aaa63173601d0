-- Two roles for one database: the owner migrates, the app serves people.
--
--   psql "$ADMIN_URL" -v database=gigstream -v owner=gigstream_owner -v app=gigstream_app -f deploy/roles.sql
--
-- ADMIN_URL names the database itself, as a superuser or as whoever may create roles. Run it
-- before the first `migrate` and again after each one: a second run changes only what is new.
-- The app can make or drop nothing, and what the triggers call append-only (ledger, papers,
-- history, audit) it can read and add to, and that is all. Passwords: `\password gigstream_app`.

\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY[:'owner', :'app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER DATABASE :"database" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"app";

ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";

-- Append-only is whatever has the trigger of that name (gigstream/core/guards.py).
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %I', relname, :'app')
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = relname || '_is_never_changed' \gexec

SELECT format('REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM %I', :'app')
WHERE to_regclass('django_migrations') IS NOT NULL \gexec
