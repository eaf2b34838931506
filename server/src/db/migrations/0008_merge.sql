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
-- One customer that became part of another, and what it takes to undo that.
create table merges (
  workspace_id uuid not null,
  id uuid not null,
  source_customer_id uuid not null,
  target_customer_id uuid not null,
  strategy text not null,
  counts jsonb not null,
  -- Both records before and the survivor's after; null once one of them was erased.
  fields jsonb,
  created_at timestamptz(3) not null default now(),
  undone_at timestamptz(3),
  constraint merges_pkey primary key (workspace_id, id),
  constraint merges_source_fkey foreign key (workspace_id, source_customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint merges_target_fkey foreign key (workspace_id, target_customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint merges_strategy_check
    check (strategy in ('KEEP_TARGET', 'KEEP_SOURCE', 'FILL_MISSING'))
);
create index merges_by_source on merges (workspace_id, source_customer_id);
create index merges_by_target on merges (workspace_id, target_customer_id);
-- Every row that a merge touched, with what about it an undo has to know.
create table merge_moves (
  workspace_id uuid not null,
  merge_id uuid not null,
  relation text not null,
  row_id uuid not null,
  detail jsonb,
  constraint merge_moves_pkey primary key (workspace_id, merge_id, relation, row_id),
  constraint merge_moves_merge_fkey foreign key (workspace_id, merge_id)
    references merges (workspace_id, id) on delete cascade
);
create index customers_merged_into on customers (workspace_id, merged_into)
  where merged_into is not null;
