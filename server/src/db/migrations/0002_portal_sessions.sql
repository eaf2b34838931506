-- Portal sessions, one-time tokens, jobs, and mails whose content is encrypted.
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
create unique index one_time_tokens_code_key
  on one_time_tokens (workspace_id, customer_id, email_digest) where kind = 'code';
create index one_time_tokens_by_digest on one_time_tokens (email_digest) where kind = 'code';
create index one_time_tokens_by_customer on one_time_tokens (workspace_id, customer_id);
create index one_time_tokens_by_expiry on one_time_tokens (expires_at);
create table attempt_counters (
  bucket text not null,
  subject bytea not null,
  tries integer not null,
  window_ends timestamptz(3) not null,
  constraint attempt_counters_pkey primary key (bucket, subject)
);
create index attempt_counters_by_end on attempt_counters (window_ends);
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
-- Until now nothing wrote a mail.
delete from mails;
alter table mails drop column recipient, drop column subject, drop column text, drop column html;
alter table mails add column content bytea not null;
