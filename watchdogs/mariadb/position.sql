SELECT @@global.gtid_binlog_pos AS last, @@global.gtid_binlog_state AS held
