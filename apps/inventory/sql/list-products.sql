SELECT id, name, stock, price
FROM product
WHERE id > :#after
ORDER BY id
LIMIT :#limit
