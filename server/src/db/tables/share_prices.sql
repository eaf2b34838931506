create table share_prices (
  workspace_id uuid not null,
  id uuid not null,
  share_id uuid not null,
  -- Keeps the order in which prices of one moment were given.
  position integer not null,
  source text not null default 'catalog',
  amount_type text not null,
  price_currency text not null,
  is_archived boolean not null default false,
  price_amount bigint,
  minimum_amount bigint,
  maximum_amount bigint,
  preset_amount bigint,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint share_prices_pkey primary key (workspace_id, id),
  constraint share_prices_share_fkey foreign key (workspace_id, share_id)
    references shares (workspace_id, id) on delete cascade,
  constraint share_prices_source_check check (source in ('catalog', 'ad_hoc')),
  constraint share_prices_amount_check check (case amount_type
    when 'fixed' then price_amount is not null
      and num_nonnulls(minimum_amount, maximum_amount, preset_amount) = 0
    when 'custom' then price_amount is null
    when 'free' then
      num_nonnulls(price_amount, minimum_amount, maximum_amount, preset_amount) = 0
    else false end)
);
create index share_prices_by_share
  on share_prices (workspace_id, share_id, created_at, position, id) where not is_archived;
