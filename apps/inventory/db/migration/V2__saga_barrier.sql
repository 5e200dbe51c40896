CREATE TABLE saga_barrier (
  saga_id         VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  step            VARCHAR(32)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  enlistment_no   INT          NOT NULL,
  op              VARCHAR(12)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  outcome         VARCHAR(9)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload_hash    CHAR(43)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer_status   SMALLINT     NOT NULL,
  answer_type     VARCHAR(100) NULL,
  answer_location VARCHAR(255) NULL,
  -- up to 64 KiB
  answer_body     TEXT         NULL,
  created_at      DATETIME(6)  NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (saga_id, step, enlistment_no, op),
  KEY saga_barrier_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
