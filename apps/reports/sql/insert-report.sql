INSERT INTO report (order_id, product_id, qty, saga_id)
VALUES (:#order_id, :#product_id, :#qty, :#${header.Relevo-Saga-Id})
