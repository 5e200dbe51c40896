SELECT (SELECT count(*) FROM pg_stat_replication
        WHERE application_name = ? AND state = 'streaming'
          AND (sync_priority > 0 OR current_setting('synchronous_standby_names') = '')) AS attached,
       (SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep') AS waiting,
       (SELECT wal_status FROM pg_replication_slots WHERE slot_name = ?) AS slot,
       pg_walfile_name(pg_current_wal_insert_lsn()) AS file,
       (pg_current_wal_flush_lsn() - '0/0')::text AS flushed
