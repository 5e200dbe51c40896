SELECT variable_name AS name, variable_value AS value
FROM performance_schema.global_status
WHERE variable_name IN (
  'Rpl_semi_sync_source_status', 'Rpl_semi_sync_source_clients', 'Rpl_semi_sync_source_wait_sessions')
