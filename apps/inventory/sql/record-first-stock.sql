INSERT INTO stock_movement (product_id, delta, saga_id)
VALUES (:#id, :#stock, :#${header.Relevo-Saga-Id})
