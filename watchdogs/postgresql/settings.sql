-- Functions that only a primary or only a standby has are not called on the other.
SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS started,
       pg_is_in_recovery() AS in_recovery,
       (SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only') AS read_only,
       current_setting('synchronous_standby_names') AS synchronous_standby_names,
       (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') AS synchronous_commit,
       current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('data_checksums') AS data_checksums,
       current_setting('wal_log_hints') AS wal_log_hints
