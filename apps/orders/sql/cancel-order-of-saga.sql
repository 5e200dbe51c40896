UPDATE orders
SET status = 'cancelled'
WHERE saga_id = CAST(:#saga_id AS uuid)
  AND saga_id = CAST(:#${header.Relevo-Saga-Id} AS uuid)
  AND status IN ('created', 'paid')
RETURNING id, product_id, qty, status, saga_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
