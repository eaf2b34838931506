-- Amounts are minor units of the wallet's currency. The balances repeat what the ledger adds up to.
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
