-- There is one report per order, so the row is the one that this transaction has inserted. LAST_INSERT_ID() would not
-- do: a prepared statement that is run again keeps the value of its first run (MySQL 8.0.31).
SELECT id, order_id, product_id, qty, status, saga_id,
  DATE_FORMAT(created_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS created_at
FROM report
WHERE order_id = :#order_id
