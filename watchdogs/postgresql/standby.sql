-- The receiver is read before what it has received.
SELECT r.status, r.received_tli, c.conninfo, c.paused, c.idle,
       coalesce(pg_last_wal_receive_lsn() - '0/0', 0)::text AS received,
       coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::text AS applied,
       (SELECT max(substr(name, 1, 8)) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$') AS newest_timeline
FROM (SELECT current_setting('primary_conninfo') AS conninfo,
             pg_is_wal_replay_paused() AS paused,
             -- Everything there is has been applied, but for a part of a record perhaps.
             EXISTS (SELECT FROM pg_stat_activity
                     WHERE backend_type = 'startup' AND wait_event IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval')) AS idle) c
LEFT JOIN pg_stat_wal_receiver r ON true
