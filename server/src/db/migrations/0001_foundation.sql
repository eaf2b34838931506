-- The first schema: the record, its team, usage, and everything a write leaves behind.

-- Directory table: found by id or slug before any workspace is known, so it has no workspace_id.
create table workspaces (
  id uuid not null,
  slug text not null,
  name text not null,
  blocked_at timestamptz(3),
  deleted_at timestamptz(3),
  -- A throw-away workspace of the doctor: the only kind that can be purged.
  ephemeral boolean not null default false,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint workspaces_pkey primary key (id)
);
create unique index workspaces_slug_key on workspaces (lower(slug)) where deleted_at is null;

-- Directory table: a token's hash leads to its workspace.
create table credentials (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  name text not null,
  client_id text,
  hash bytea not null,
  scopes text[] not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  -- Its workspace is blocked or deleted; kept here so that every request reads one row.
  suspended boolean not null default false,
  last_used_at timestamptz(3),
  rotated_from uuid,
  created_at timestamptz(3) not null default now(),
  constraint credentials_pkey primary key (workspace_id, id),
  constraint credentials_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint credentials_kind_check
    check (kind in ('access_token', 'api_key', 'oauth_client', 'secret_key'))
);
create unique index credentials_hash_key on credentials (hash);
create unique index credentials_client_id_key on credentials (client_id);

create table customers (
  workspace_id uuid not null,
  id uuid not null,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  deleted_at timestamptz(3),
  anonymized_at timestamptz(3),
  -- Grows with every change of the row or of its members; the ETag carries it.
  revision bigint not null default 1,
  status text not null default 'ACTIVE',
  status_before_archive text,
  type text not null default 'individual',
  external_id text,
  email text,
  email_verified boolean not null default false,
  name text,
  legal_name text,
  billing_name text,
  billing_address jsonb,
  customer_type text not null default 'UNKNOWN',
  preferred_currency text,
  locale text,
  timezone text,
  industry text,
  tax_identifiers jsonb not null default '{}',
  metadata jsonb not null default '{}',
  custom_fields jsonb not null default '{}',
  tags text[] not null default '{}',
  -- Lookup keys as plain columns: under row security an index over lower(email) is never used,
  -- since lower() is not leakproof. An external id has no length limit and a btree entry has one.
  email_key text generated always as (lower(email)) stored,
  external_key text generated always as (md5(external_id)) stored,
  constraint customers_pkey primary key (workspace_id, id),
  constraint customers_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint customers_type_check check (type in ('individual', 'team')),
  constraint customers_status_check
    check (status in ('ACTIVE', 'INACTIVE', 'SUSPENDED', 'ARCHIVED', 'MERGED')),
  constraint customers_customer_type_check
    check (customer_type in ('BUSINESS', 'CONSUMER', 'UNKNOWN'))
) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);

create unique index customers_email_key on customers (workspace_id, email_key)
  where deleted_at is null;
create unique index customers_external_id_key on customers (workspace_id, external_key)
  where deleted_at is null;
create index customers_by_created on customers (workspace_id, created_at desc, id desc)
  where deleted_at is null and status <> 'ARCHIVED';
create index customers_by_email on customers (workspace_id, email, id)
  where deleted_at is null and status <> 'ARCHIVED';
create index customers_by_name on customers (workspace_id, name, id)
  where deleted_at is null and status <> 'ARCHIVED';
create index customers_search on customers
  using gin (workspace_id, (lower(coalesce(email, '') || E'\n' || coalesce(name, ''))) gin_trgm_ops)
  where deleted_at is null and status <> 'ARCHIVED';
create index customers_email_prefix on customers (workspace_id, lower(email) text_pattern_ops)
  where deleted_at is null and status <> 'ARCHIVED';
create index customers_name_prefix on customers (workspace_id, lower(name) text_pattern_ops)
  where deleted_at is null and status <> 'ARCHIVED';
create index customers_external_prefix
  on customers (workspace_id, left(lower(external_id), 200) text_pattern_ops)
  where deleted_at is null and status <> 'ARCHIVED' and external_id is not null;

create table members (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  deleted_at timestamptz(3),
  email text,
  name text,
  external_id text,
  role text not null,
  email_key text generated always as (lower(email)) stored,
  external_key text generated always as (md5(external_id)) stored,
  constraint members_pkey primary key (workspace_id, id),
  constraint members_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint members_role_check check (role in ('owner', 'billing_manager', 'member'))
);
create index members_by_customer on members (workspace_id, customer_id, created_at, id);
create unique index members_email_key on members (workspace_id, customer_id, email_key)
  where deleted_at is null;
create unique index members_external_id_key on members (workspace_id, customer_id, external_key)
  where deleted_at is null;
create unique index members_owner_key on members (workspace_id, customer_id)
  where deleted_at is null and role = 'owner';
create index members_by_created on members (workspace_id, created_at desc, id desc)
  where deleted_at is null;

-- Listed customers per workspace, spread over slots so that writers rarely meet; kept by triggers.
create table customer_counts (
  workspace_id uuid not null,
  slot smallint not null,
  listed bigint not null,
  constraint customer_counts_pkey primary key (workspace_id, slot),
  constraint customer_counts_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
) with (fillfactor = 50);

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

-- The personal side of audit rows; the database key to its row is (workspace_id, seq).
create table audit_personal (
  workspace_id uuid not null,
  seq bigint not null,
  customer_id uuid,
  before jsonb,
  after jsonb,
  constraint audit_personal_pkey primary key (workspace_id, seq),
  constraint audit_personal_audit_fkey foreign key (workspace_id, seq)
    references audit_log (workspace_id, seq) on delete cascade
);
create index audit_personal_by_customer on audit_personal (workspace_id, customer_id);

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

-- Audit rows that still wait for their seal: written with the row, taken away by the sealer.
create table audit_unsealed (
  workspace_id uuid not null,
  seq bigint not null,
  constraint audit_unsealed_pkey primary key (workspace_id, seq)
);

-- Events that committed with their change and still wait for their place in the change log.
create table outbox (
  workspace_id uuid not null,
  seq bigint generated always as identity,
  id uuid not null,
  type text not null,
  timestamp timestamptz(3) not null default now(),
  customer_id uuid,
  data jsonb not null,
  constraint outbox_pkey primary key (workspace_id, seq),
  constraint outbox_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index outbox_by_customer on outbox (workspace_id, customer_id);

-- The workspace's change log: gapless and in commit order (see functions/sequence_events.sql).
create table events (
  workspace_id uuid not null,
  sequence bigint not null,
  id uuid not null,
  type text not null,
  timestamp timestamptz(3) not null,
  customer_id uuid,
  data jsonb not null,
  constraint events_pkey primary key (workspace_id, sequence),
  constraint events_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index events_by_customer on events (workspace_id, customer_id);

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

create table mails (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid,
  recipient text not null,
  subject text not null,
  text text not null,
  html text not null,
  created_at timestamptz(3) not null default now(),
  constraint mails_pkey primary key (workspace_id, id),
  constraint mails_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index mails_by_created on mails (created_at desc, id desc);
create index mails_by_customer on mails (workspace_id, customer_id);

create table meters (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  filter jsonb not null default '[]',
  aggregation jsonb not null,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint meters_pkey primary key (workspace_id, id),
  constraint meters_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index meters_by_created on meters (workspace_id, created_at desc, id desc);

create table usage_events (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  name text not null,
  external_id text,
  timestamp timestamptz(3) not null default now(),
  metadata jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  constraint usage_events_pkey primary key (workspace_id, id),
  constraint usage_events_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create unique index usage_events_external_id_key on usage_events (workspace_id, md5(external_id));
create index usage_events_by_customer on usage_events (workspace_id, customer_id, timestamp);

create table meter_credits (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  meter_id uuid not null,
  units bigint not null,
  created_at timestamptz(3) not null default now(),
  constraint meter_credits_pkey primary key (workspace_id, id),
  constraint meter_credits_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint meter_credits_meter_fkey foreign key (workspace_id, meter_id)
    references meters (workspace_id, id) on delete cascade,
  constraint meter_credits_units_check check (units > 0)
);
create index meter_credits_by_customer on meter_credits (workspace_id, customer_id, meter_id);

-- One row: facts of this installation that must survive a restart.
create table installation (
  singleton boolean not null default true,
  root_token_shown_at timestamptz(3),
  secret_check bytea,
  constraint installation_pkey primary key (singleton),
  constraint installation_singleton_check check (singleton)
);
insert into installation default values;
