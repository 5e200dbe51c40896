CREATE TABLE orders (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer     NOT NULL,
  qty        integer     NOT NULL CONSTRAINT orders_qty_positive CHECK (qty > 0),
  status     text        NOT NULL DEFAULT 'created'
    CONSTRAINT orders_status_known CHECK (status IN ('created', 'paid', 'shipped', 'delivered', 'cancelled')),
  saga_id    uuid        NULL CONSTRAINT orders_saga UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
