SELECT id, product_id, qty, status, saga_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM orders
WHERE saga_id = CAST(:#saga_id AS uuid)
