CREATE TABLE product (
  id    INT            NOT NULL AUTO_INCREMENT,
  name  VARCHAR(200)   NOT NULL,
  stock INT            NOT NULL,
  price DECIMAL(12, 2) NULL,
  PRIMARY KEY (id),
  CONSTRAINT product_stock_not_negative CHECK (stock >= 0),
  CONSTRAINT product_price_not_negative CHECK (price >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

-- The ledger: the stock of a product is the sum of its movements.
CREATE TABLE stock_movement (
  id         BIGINT      NOT NULL AUTO_INCREMENT,
  product_id INT         NOT NULL,
  delta      INT         NOT NULL,
  saga_id    CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (id),
  KEY stock_movement_product (product_id),
  CONSTRAINT stock_movement_product FOREIGN KEY (product_id) REFERENCES product (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

INSERT INTO product (id, name, stock, price) VALUES
  (1, 'Producto de prueba', 1000000, 9.99),
  (2, 'Baton, wood', 5000, 14.50),
  (3, 'Baton, aluminium', 100, 24.90),
  (4, 'Stopwatch', 250, NULL),
  (5, 'Starting pistol', 0, 129.00);

INSERT INTO stock_movement (product_id, delta) SELECT id, stock FROM product;
