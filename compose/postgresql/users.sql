-- The accounts and databases of the PostgreSQL pair. Read by psql; :'x' is the secret x.
SET default_transaction_read_only = off;
-- Else a statement that fails would be in the log with its password.
SET log_min_error_statement = panic;

-- An application reads and writes rows, nothing else; its migrator owns the schema.
CREATE ROLE orders_app LOGIN PASSWORD :'orders_app';
CREATE ROLE orders_migrator LOGIN PASSWORD :'orders_migrator';
CREATE ROLE saga_app LOGIN PASSWORD :'saga_app';
CREATE ROLE saga_migrator LOGIN PASSWORD :'saga_migrator';
CREATE DATABASE orders OWNER orders_migrator;
CREATE DATABASE saga OWNER saga_migrator;
REVOKE ALL ON DATABASE orders, saga, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE orders TO orders_app;
GRANT CONNECT ON DATABASE saga TO saga_app;
\connect orders
SET default_transaction_read_only = off;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_migrator IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO orders_app;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_migrator IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO orders_app;
\connect saga
SET default_transaction_read_only = off;
ALTER DEFAULT PRIVILEGES FOR ROLE saga_migrator IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO saga_app;
ALTER DEFAULT PRIVILEGES FOR ROLE saga_migrator IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO saga_app;

-- Copies the server (pg_basebackup), follows it, and rewinds from it (pg_rewind, which reads files of the data folder).
\connect postgres
SET default_transaction_read_only = off;
SET log_min_error_statement = panic;
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'postgresql_replication';
GRANT CONNECT ON DATABASE postgres TO replication;
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO replication;
GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO replication;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO replication;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO replication;

-- The watchdog: looks, opens and closes writes, directs replication, ends connections; of the data it sees its own row.
-- It has REPLICATION for the sake of slots.
CREATE ROLE watchdog LOGIN REPLICATION PASSWORD :'postgresql_watchdog';
GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO watchdog;
CREATE DATABASE relevo;
REVOKE ALL ON DATABASE relevo FROM PUBLIC;
GRANT CONNECT ON DATABASE relevo TO watchdog;
GRANT ALTER SYSTEM ON PARAMETER default_transaction_read_only, synchronous_standby_names, primary_conninfo, primary_slot_name TO watchdog;
\connect relevo
SET default_transaction_read_only = off;
GRANT EXECUTE ON FUNCTION pg_reload_conf() TO watchdog;
GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO watchdog;
GRANT EXECUTE ON FUNCTION pg_wal_replay_resume() TO watchdog;
CREATE TABLE heartbeat (id smallint PRIMARY KEY, beat bigint NOT NULL, at timestamptz NOT NULL);
INSERT INTO heartbeat VALUES (1, 0, now());
GRANT SELECT, UPDATE ON heartbeat TO watchdog;
-- Where each earlier timeline was left. Reads these files and no others, with its owner's rights.
CREATE FUNCTION timeline_history(timeline int) RETURNS text LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog
AS $$ SELECT pg_read_file('pg_wal/' || lpad(upper(to_hex(timeline)), 8, '0') || '.history', 0, 65536, true) $$;
REVOKE ALL ON FUNCTION timeline_history(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION timeline_history(int) TO watchdog;
