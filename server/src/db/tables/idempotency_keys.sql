-- One row a key: written in the same transaction as the effect it stands for.
create table idempotency_keys (
  workspace_id uuid not null,
  scope text not null,
  key_hash bytea not null,
  fingerprint bytea not null,
  created_at timestamptz(3) not null default now(),
  status smallint,
  -- The sealed answer (headers and body); null once erased.
  answer bytea,
  customer_id uuid,
  constraint idempotency_keys_pkey primary key (workspace_id, scope, key_hash)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
create index idempotency_keys_by_customer on idempotency_keys (workspace_id, customer_id);
