UPDATE product
SET stock = stock - :#qty
WHERE id = :#id AND stock >= :#qty
