-- Directory table: what lets its holder in once. A login code, the ticket of a portal link, or the
-- state of an account being linked; its hash leads to its workspace and customer.
create table one_time_tokens (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  hash bytea not null,
  customer_id uuid not null,
  member_id uuid,
  -- The session that a ticket stands for, or that a state is bound to.
  session_id uuid,
  -- Whose inbox a code was sent to, as a keyed digest.
  email_digest bytea,
  -- What only the program may read, encrypted.
  sealed bytea,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  constraint one_time_tokens_pkey primary key (workspace_id, id),
  constraint one_time_tokens_kind_check check (kind in ('code', 'ticket', 'oauth_state')),
  constraint one_time_tokens_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint one_time_tokens_member_fkey foreign key (workspace_id, member_id)
    references members (workspace_id, id) on delete cascade,
  constraint one_time_tokens_session_fkey foreign key (workspace_id, session_id)
    references portal_sessions (workspace_id, id) on delete cascade
);
create unique index one_time_tokens_hash_key on one_time_tokens (kind, hash);
-- One live code per customer and e-mail (README decision 8).
create unique index one_time_tokens_code_key
  on one_time_tokens (workspace_id, customer_id, email_digest) where kind = 'code';
create index one_time_tokens_by_digest on one_time_tokens (email_digest) where kind = 'code';
create index one_time_tokens_by_customer on one_time_tokens (workspace_id, customer_id);
create index one_time_tokens_by_expiry on one_time_tokens (expires_at);
