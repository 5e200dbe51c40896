SELECT variable_name AS name, variable_value AS value
FROM information_schema.global_status
WHERE variable_name IN (
  'rpl_semi_sync_master_status', 'rpl_semi_sync_master_clients', 'rpl_semi_sync_master_wait_sessions')
