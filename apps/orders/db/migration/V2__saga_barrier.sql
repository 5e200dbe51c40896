CREATE TABLE saga_barrier (
  saga_id         varchar(64) COLLATE "C" NOT NULL,
  step            varchar(32) COLLATE "C" NOT NULL,
  enlistment_no   integer      NOT NULL,
  op              varchar(12) COLLATE "C" NOT NULL,
  outcome         varchar(9)   NOT NULL,
  payload_hash    char(43)     NULL,
  answer_status   smallint     NOT NULL,
  answer_type     varchar(100) NULL,
  answer_location varchar(255) NULL,
  answer_body     text         NULL CHECK (octet_length(answer_body) <= 65535),
  created_at      timestamptz  NOT NULL DEFAULT now(),
  PRIMARY KEY (saga_id, step, enlistment_no, op)
);

CREATE INDEX saga_barrier_created_at ON saga_barrier (created_at);
