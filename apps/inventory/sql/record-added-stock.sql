-- Enters the change in the ledger and returns the product as it is now: one round trip for both.
INSERT INTO stock_movement (product_id, delta, saga_id)
VALUES (:#id, :#qty, :#${header.Relevo-Saga-Id})
RETURNING product_id AS id,
  (SELECT name FROM product WHERE product.id = product_id) AS name,
  (SELECT stock FROM product WHERE product.id = product_id) AS stock,
  (SELECT price FROM product WHERE product.id = product_id) AS price
