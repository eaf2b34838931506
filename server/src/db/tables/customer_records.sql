-- What other systems hold about a customer: invoices, redeemed promotions, prices of its own.
create table customer_records (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  kind text not null,
  -- Its id in the other system, one per workspace and kind.
  external_id text not null,
  -- Minor units of the currency.
  amount bigint,
  currency text,
  occurred_at timestamptz(3) not null,
  metadata jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  external_key text generated always as (md5(external_id)) stored,
  constraint customer_records_pkey primary key (workspace_id, id),
  constraint customer_records_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint customer_records_kind_check
    check (kind in ('invoice', 'promotion_redemption', 'price')),
  constraint customer_records_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint customer_records_amount_check check (amount is null or currency is not null)
);
create unique index customer_records_external_id_key
  on customer_records (workspace_id, kind, external_key);
create index customer_records_by_customer
  on customer_records (workspace_id, customer_id, occurred_at desc, id desc);
