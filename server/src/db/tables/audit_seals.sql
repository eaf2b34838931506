-- The hash chain over audit_log: one seal a row, in the order in which rows were sealed.
create table audit_seals (
  workspace_id uuid not null,
  position bigint not null,
  seq bigint not null,
  row_hash bytea not null,
  chain_hash bytea not null,
  constraint audit_seals_pkey primary key (workspace_id, position),
  constraint audit_seals_seq_key unique (workspace_id, seq)
);
