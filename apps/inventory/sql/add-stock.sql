UPDATE product
SET stock = stock + :#qty
WHERE id = :#id AND stock <= 2147483647 - :#qty
