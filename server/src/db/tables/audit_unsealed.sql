-- Audit rows that still wait for their seal: written with the row, taken away by the sealer.
create table audit_unsealed (
  workspace_id uuid not null,
  seq bigint not null,
  constraint audit_unsealed_pkey primary key (workspace_id, seq)
);
