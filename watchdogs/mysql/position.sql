-- A commit that waits for the replica is in the binary log, owned by its session, and not yet executed. Read in this
-- order, for it may change from the one to the other meanwhile.
SELECT @@global.gtid_owned AS owned, @@global.gtid_executed AS executed
