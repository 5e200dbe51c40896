UPDATE orders
SET status = :#status
WHERE id = :#id
  AND (status, :#status) IN (
    ('created', 'paid'), ('paid', 'shipped'), ('shipped', 'delivered'),
    ('created', 'cancelled'), ('paid', 'cancelled'))
  AND NOT (:#status = 'cancelled' AND saga_id IS NOT NULL)
RETURNING id, product_id, qty, status, saga_id,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
