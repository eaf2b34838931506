-- Directory table: a session token's hash leads to its workspace and customer.
create table portal_sessions (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  -- null: a session of the customer itself.
  member_id uuid,
  hash bytea not null,
  return_url text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  constraint portal_sessions_pkey primary key (workspace_id, id),
  constraint portal_sessions_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint portal_sessions_member_fkey foreign key (workspace_id, member_id)
    references members (workspace_id, id) on delete cascade
);
create unique index portal_sessions_hash_key on portal_sessions (hash);
create index portal_sessions_by_customer on portal_sessions (workspace_id, customer_id);
create index portal_sessions_by_expiry on portal_sessions (expires_at);
