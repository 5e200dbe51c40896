INSERT INTO product (name, stock, price)
VALUES (:#name, :#stock, :#${body[price]})
RETURNING id, name, stock, price
