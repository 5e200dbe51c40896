SELECT id, name, stock, price
FROM product
WHERE id = :#id
