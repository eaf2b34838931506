-- Shares with prices and pictures, shared files with downloads and payments, and what a
-- workspace's page shows of it.
alter table workspaces add column avatar_url text;
alter table workspaces add column email text;
alter table workspaces add column website text;
alter table workspaces add column customer_portal_settings jsonb not null
  default '{"usage": {"show": true}}';
create table shares (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  description text,
  visibility text not null default 'draft',
  is_archived boolean not null default false,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint shares_pkey primary key (workspace_id, id),
  constraint shares_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint shares_visibility_check check (visibility in ('draft', 'private', 'public'))
);
create index shares_by_created on shares (workspace_id, created_at desc, id desc);
create index shares_shown on shares (workspace_id, created_at, id)
  where visibility = 'public' and not is_archived;
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
-- A file that pictures a share: where it is kept and what it is, never its bytes.
create table share_medias (
  workspace_id uuid not null,
  id uuid not null,
  share_id uuid not null,
  position integer not null,
  name text not null,
  path text not null,
  mime_type text not null,
  size bigint not null,
  storage_version text,
  checksum_etag text,
  checksum_sha256_hex text,
  last_modified_at timestamptz(3),
  version text,
  is_uploaded boolean not null default true,
  public_url text not null,
  created_at timestamptz(3) not null default now(),
  constraint share_medias_pkey primary key (workspace_id, id),
  constraint share_medias_share_fkey foreign key (workspace_id, share_id)
    references shares (workspace_id, id) on delete cascade
);
create index share_medias_by_share on share_medias (workspace_id, share_id, position, id);
create table file_share_sessions (
  workspace_id uuid not null,
  id uuid not null,
  share_id uuid,
  short_slug text not null,
  long_slug text not null,
  status text not null default 'created',
  -- 0: without limit.
  max_downloads integer not null default 0,
  download_count integer not null default 0,
  price_cents bigint,
  currency text not null default 'usd',
  title text,
  file_name text,
  file_size_bytes bigint,
  ttl_seconds integer,
  expires_at timestamptz(3),
  activated_at timestamptz(3),
  completed_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint file_share_sessions_pkey primary key (workspace_id, id),
  constraint file_share_sessions_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint file_share_sessions_share_fkey foreign key (workspace_id, share_id)
    references shares (workspace_id, id) on delete cascade,
  constraint file_share_sessions_status_check
    check (status in ('created', 'active', 'completed', 'expired', 'destroyed', 'reported')),
  constraint file_share_sessions_count_check
    check (download_count >= 0 and (max_downloads = 0 or download_count <= max_downloads))
);
create unique index file_share_sessions_short_slug_key
  on file_share_sessions (workspace_id, short_slug);
create unique index file_share_sessions_long_slug_key
  on file_share_sessions (workspace_id, long_slug);
create index file_share_sessions_by_created
  on file_share_sessions (workspace_id, created_at desc, id desc);
create index file_share_sessions_by_share on file_share_sessions (workspace_id, share_id)
  where share_id is not null;
create index file_share_sessions_due on file_share_sessions (expires_at)
  where status in ('created', 'active');
create table file_share_downloads (
  workspace_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  slot_number integer not null,
  -- A keyed hash of who downloaded; the address itself is kept nowhere.
  downloader_ip_hash text,
  created_at timestamptz(3) not null default now(),
  constraint file_share_downloads_pkey primary key (workspace_id, id),
  constraint file_share_downloads_session_fkey foreign key (workspace_id, session_id)
    references file_share_sessions (workspace_id, id) on delete cascade
);
create unique index file_share_downloads_slot_key
  on file_share_downloads (workspace_id, session_id, slot_number);
create table file_share_payments (
  workspace_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  customer_id uuid,
  status text not null default 'pending',
  -- In minor units of the currency, as the fee.
  amount_cents bigint not null,
  currency text not null,
  platform_fee_cents bigint not null default 0,
  stripe_checkout_session_id text,
  stripe_payment_intent_id text,
  buyer_email text,
  buyer_name text,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  buyer_email_key text generated always as (lower(buyer_email)) stored,
  constraint file_share_payments_pkey primary key (workspace_id, id),
  constraint file_share_payments_session_fkey foreign key (workspace_id, session_id)
    references file_share_sessions (workspace_id, id) on delete cascade,
  constraint file_share_payments_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint file_share_payments_status_check
    check (status in ('pending', 'completed', 'refunded', 'failed')),
  constraint file_share_payments_amount_check
    check (amount_cents >= 0 and platform_fee_cents between 0 and amount_cents)
);
create unique index file_share_payments_checkout_key
  on file_share_payments (workspace_id, stripe_checkout_session_id);
create unique index file_share_payments_intent_key
  on file_share_payments (workspace_id, stripe_payment_intent_id);
create index file_share_payments_by_session
  on file_share_payments (workspace_id, session_id, created_at, id);
create index file_share_payments_by_customer on file_share_payments (workspace_id, customer_id)
  where customer_id is not null;
create index file_share_payments_by_buyer on file_share_payments (workspace_id, buyer_email_key)
  where buyer_email_key is not null;
