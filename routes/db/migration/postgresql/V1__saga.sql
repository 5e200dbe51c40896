-- The saga journal. Times are milliseconds since 1970 by this database's clock, so that every owner reads the same one.
create table saga (
  id            varchar(36)  primary key,
  state         varchar(12)  not null,
  owner         varchar(64)  not null,
  epoch         bigint       not null,
  deadline      bigint       not null,
  key_scope     varchar(64),
  key_value     varchar(255),
  payload_hash  varchar(64),
  attempt       int          not null,
  answer_status int,
  answer_type   varchar(100),
  answer_body   text,
  reason        varchar(500),
  next_try      bigint,
  enlistments   text         not null,
  open          smallint     not null,
  revision      bigint       not null,
  created       bigint       not null,
  updated       bigint       not null,
  constraint saga_attempt unique (key_scope, key_value, attempt)
);

create index saga_open on saga (owner) where open = 1;
create index saga_created on saga (created, id);

create table saga_owner (
  owner      varchar(64) primary key,
  held_since bigint      not null,
  lease_end  bigint      not null
);
