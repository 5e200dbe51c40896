-- A row that changes in place needs no room: with a full disk, orders would fail and this would not. So the snapshot, which
-- is a small file until the transaction ends.
UPDATE heartbeat SET beat = beat + 1, at = clock_timestamp() WHERE id = 1 AND pg_export_snapshot() IS NOT NULL
