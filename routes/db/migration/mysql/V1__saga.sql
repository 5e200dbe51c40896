-- The saga journal, for MySQL 8 and MariaDB 10.6 or newer. Times are milliseconds since 1970 by this database's clock,
-- so that every owner reads the same one.
create table saga (
  id            varchar(36)  character set ascii not null primary key,
  state         varchar(12)  character set ascii not null,
  owner         varchar(64)  character set ascii not null,
  epoch         bigint       not null,
  deadline      bigint       not null,
  key_scope     varchar(64)  character set ascii collate ascii_bin,
  key_value     varchar(255) character set ascii collate ascii_bin,
  payload_hash  varchar(64)  character set ascii collate ascii_bin,
  attempt       int          not null,
  answer_status int,
  answer_type   varchar(100) character set ascii,
  answer_body   mediumtext   character set utf8mb4,
  reason        varchar(500) character set utf8mb4,
  next_try      bigint,
  enlistments   mediumtext   character set utf8mb4 not null,
  open          smallint     not null,
  revision      bigint       not null,
  created       bigint       not null,
  updated       bigint       not null,
  constraint saga_attempt unique (key_scope, key_value, attempt),
  index saga_open (open, owner),
  index saga_created (created, id)
) engine = InnoDB;

create table saga_owner (
  owner      varchar(64) character set ascii not null primary key,
  held_since bigint      not null,
  lease_end  bigint      not null
) engine = InnoDB;
