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
