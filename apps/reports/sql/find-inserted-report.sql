-- The key that the insert returned. LAST_INSERT_ID() would not do: a prepared statement that is run again keeps the
-- value of its first run.
SELECT id, order_id, product_id, qty, status, saga_id,
  DATE_FORMAT(created_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS created_at
FROM report
WHERE id = :#${header.CamelSqlGeneratedKeyRows[0][GENERATED_KEY]}
