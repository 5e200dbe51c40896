SELECT id, order_id, product_id, qty, status, saga_id,
  DATE_FORMAT(created_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS created_at
FROM report
WHERE id = :#id
