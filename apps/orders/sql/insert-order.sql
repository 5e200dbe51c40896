INSERT INTO orders (product_id, qty, saga_id)
VALUES (:#product_id, :#qty, CAST(:#${header.Relevo-Saga-Id} AS uuid))
RETURNING id, product_id, qty, status, saga_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
