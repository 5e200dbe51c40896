CREATE TABLE report (
  id         BIGINT      NOT NULL AUTO_INCREMENT,
  order_id   BIGINT      NOT NULL,
  product_id INT         NOT NULL,
  qty        INT         NOT NULL,
  status     VARCHAR(9)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'created',
  saga_id    CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (id),
  UNIQUE KEY report_order (order_id),
  UNIQUE KEY report_saga (saga_id),
  CONSTRAINT report_qty_positive CHECK (qty > 0),
  CONSTRAINT report_status_known CHECK (status IN ('created', 'cancelled'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
