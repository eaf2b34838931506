-- Append-only. Personal values live in audit_personal, which erasure can empty;
-- the row keeps their keyed digest, and the seals chain over the row.
create table audit_log (
  workspace_id uuid not null,
  seq bigint generated always as identity,
  at timestamptz(3) not null default now(),
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  surface text not null,
  operation text not null,
  request_id text not null,
  entity text not null,
  entity_id text not null,
  customer_id uuid,
  before jsonb,
  after jsonb,
  personal_fields text[] not null default '{}',
  personal_digest bytea,
  constraint audit_log_pkey primary key (workspace_id, seq)
);
create index audit_log_by_customer on audit_log (workspace_id, customer_id, seq desc);
