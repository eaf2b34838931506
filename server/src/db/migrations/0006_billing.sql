-- What billing keeps of a customer, wallets with their ledger, settings, and tags to search by.

alter table customers
  add column billing_model text not null default 'postpaid',
  add column mode text not null default 'PREPAID',
  add column payment_terms_days integer,
  add column preferred_provider text,
  add column disabled_providers text[] not null default '{}',
  add column prefer_einvoice boolean not null default false,
  add column peppol_id text,
  add column einvoice_email text,
  add column default_credit_limit text,
  add column default_max_balance text,
  add column default_max_single_credit text,
  add column default_low_balance_threshold text,
  add column default_auto_topup_enabled boolean not null default false,
  add column default_auto_topup_amount text,
  add column vat_validation_status text not null default 'UNVALIDATED',
  add column vat_validation_disabled boolean not null default false,
  add column vat_validation_disabled_reason text,
  add column merged_into uuid,
  add constraint customers_billing_model_check
    check (billing_model in ('prepaid', 'postpaid', 'hybrid')),
  add constraint customers_mode_check check (mode in ('PREPAID', 'POSTPAID')),
  add constraint customers_vat_status_check
    check (vat_validation_status in ('UNVALIDATED', 'PENDING', 'VALID', 'INVALID', 'MANUAL')),
  add constraint customers_merged_into_fkey foreign key (workspace_id, merged_into)
    references customers (workspace_id, id);
create index customers_by_status on customers (workspace_id, status, created_at desc, id desc)
  where deleted_at is null;
create table workspace_settings (
  workspace_id uuid not null,
  key text not null,
  value text not null,
  modified_at timestamptz(3) not null default now(),
  constraint workspace_settings_pkey primary key (workspace_id, key),
  constraint workspace_settings_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create table customer_tags (
  workspace_id uuid not null,
  tag text not null,
  created_at timestamptz(3) not null,
  customer_id uuid not null,
  constraint customer_tags_pkey primary key (workspace_id, customer_id, tag),
  constraint customer_tags_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create index customer_tags_by_created
  on customer_tags (workspace_id, tag, created_at desc, customer_id desc);
create table wallets (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  currency text not null,
  is_primary boolean not null,
  cash bigint not null default 0,
  promotional bigint not null default 0,
  promotional_expires_at timestamptz(3),
  held bigint not null default 0,
  credit_limit bigint,
  max_balance bigint,
  max_single_credit bigint,
  low_balance_threshold bigint,
  auto_topup_enabled boolean not null default false,
  auto_topup_amount bigint,
  -- No charge before this: an earlier one was refused, or reached its cap.
  auto_topup_paused_until timestamptz(3),
  -- The last entry of the wallet's ledger and what it hashes to.
  entries bigint not null default 0,
  head bytea not null default '\x',
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  -- Folded into another wallet by a merge.
  closed_at timestamptz(3),
  constraint wallets_pkey primary key (workspace_id, id),
  constraint wallets_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint wallets_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint wallets_promotional_check check (promotional >= 0),
  constraint wallets_held_check check (held >= 0),
  constraint wallets_limits_check check (
    coalesce(credit_limit, 0) >= 0 and coalesce(max_balance, 0) >= 0
    and coalesce(max_single_credit, 0) >= 0 and coalesce(low_balance_threshold, 0) >= 0
    and coalesce(auto_topup_amount, 1) > 0)
);
create unique index wallets_currency_key on wallets (workspace_id, customer_id, currency)
  where closed_at is null;
create unique index wallets_primary_key on wallets (workspace_id, customer_id)
  where is_primary and closed_at is null;
create index wallets_by_created on wallets (workspace_id, created_at desc, id desc)
  where closed_at is null;
create index wallets_promotional_expiry on wallets (promotional_expires_at)
  where promotional > 0;
create table ledger_entries (
  workspace_id uuid not null,
  wallet_id uuid not null,
  seq bigint not null,
  id uuid not null,
  kind text not null,
  currency text not null,
  cash bigint not null,
  promotional bigint not null,
  held bigint not null,
  -- What the other side gained: cash + promotional + counter_amount = 0.
  counter_account text not null,
  counter_amount bigint not null,
  cash_after bigint not null,
  promotional_after bigint not null,
  held_after bigint not null,
  -- The hold or the other entry of a transfer that this one belongs to.
  related_id uuid,
  at timestamptz(3) not null,
  previous_hash bytea not null,
  hash bytea not null,
  constraint ledger_entries_pkey primary key (workspace_id, wallet_id, seq),
  constraint ledger_entries_id_key unique (workspace_id, id),
  constraint ledger_entries_wallet_fkey foreign key (workspace_id, wallet_id)
    references wallets (workspace_id, id) on delete cascade,
  constraint ledger_entries_kind_check check (kind in ('credit', 'debit', 'hold', 'capture',
    'release', 'transfer_out', 'transfer_in', 'promotional_expiry', 'merge_out', 'merge_in')),
  constraint ledger_entries_balance_check check (cash + promotional + counter_amount = 0)
);
create table ledger_notes (
  workspace_id uuid not null,
  entry_id uuid not null,
  customer_id uuid not null,
  reason text,
  reference text,
  constraint ledger_notes_pkey primary key (workspace_id, entry_id),
  constraint ledger_notes_entry_fkey foreign key (workspace_id, entry_id)
    references ledger_entries (workspace_id, id) on delete cascade
);
create index ledger_notes_by_customer on ledger_notes (workspace_id, customer_id);
create table wallet_holds (
  workspace_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  amount bigint not null,
  captured bigint,
  status text not null default 'PENDING',
  reference text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  settled_at timestamptz(3),
  constraint wallet_holds_pkey primary key (workspace_id, id),
  constraint wallet_holds_wallet_fkey foreign key (workspace_id, wallet_id)
    references wallets (workspace_id, id) on delete cascade,
  constraint wallet_holds_status_check
    check (status in ('PENDING', 'CAPTURED', 'RELEASED', 'EXPIRED')),
  constraint wallet_holds_amount_check check (amount > 0)
);
create index wallet_holds_by_wallet on wallet_holds (workspace_id, wallet_id, created_at desc);
create index wallet_holds_due on wallet_holds (expires_at) where status = 'PENDING';

insert into customer_tags (workspace_id, tag, created_at, customer_id)
select distinct c.workspace_id, t.tag, c.created_at, c.id
from customers c cross join lateral unnest(c.tags) as t(tag) where c.deleted_at is null;
insert into wallets (workspace_id, id, customer_id, currency, is_primary, created_at)
select workspace_id, gen_random_uuid(), id, coalesce(preferred_currency, 'EUR'), true, created_at
from customers;
