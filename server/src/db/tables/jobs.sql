-- Work to be done after the transaction that asked for it, at least once. A job that failed for
-- good stays as a dead letter.
create table jobs (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  customer_id uuid,
  -- Encrypted: it may hold an address or a code.
  payload bytea not null,
  run_at timestamptz(3) not null default now(),
  attempts integer not null default 0,
  leased_until timestamptz(3),
  failed_at timestamptz(3),
  last_error text,
  created_at timestamptz(3) not null default now(),
  constraint jobs_pkey primary key (workspace_id, id)
);
create index jobs_due on jobs (run_at) where failed_at is null;
create index jobs_by_customer on jobs (workspace_id, customer_id);
