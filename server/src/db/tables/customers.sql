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
  billing_model text not null default 'postpaid',
  mode text not null default 'PREPAID',
  payment_terms_days integer,
  preferred_provider text,
  disabled_providers text[] not null default '{}',
  prefer_einvoice boolean not null default false,
  peppol_id text,
  einvoice_email text,
  -- Decimal amounts in the currency of the wallet that is made; text keeps every digit.
  default_credit_limit text,
  default_max_balance text,
  default_max_single_credit text,
  default_low_balance_threshold text,
  default_auto_topup_enabled boolean not null default false,
  default_auto_topup_amount text,
  vat_validation_status text not null default 'UNVALIDATED',
  vat_validation_disabled boolean not null default false,
  vat_validation_disabled_reason text,
  merged_into uuid,
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
    check (customer_type in ('BUSINESS', 'CONSUMER', 'UNKNOWN')),
  constraint customers_billing_model_check
    check (billing_model in ('prepaid', 'postpaid', 'hybrid')),
  constraint customers_mode_check check (mode in ('PREPAID', 'POSTPAID')),
  constraint customers_vat_status_check
    check (vat_validation_status in ('UNVALIDATED', 'PENDING', 'VALID', 'INVALID', 'MANUAL')),
  constraint customers_merged_into_fkey foreign key (workspace_id, merged_into)
    references customers (workspace_id, id)
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
create index customers_by_status on customers (workspace_id, status, created_at desc, id desc)
  where deleted_at is null;
create index customers_by_vat_status on customers (vat_validation_status, workspace_id, id)
  where vat_validation_status in ('PENDING', 'VALID', 'MANUAL') and deleted_at is null;
create index customers_merged_into on customers (workspace_id, merged_into)
  where merged_into is not null;
