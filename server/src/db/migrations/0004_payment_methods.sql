-- Payment methods, what is asked of payment processors, and the payment sandbox's records.
-- Directory table: a payment processor's customer id leads to its workspace and customer.
create table payment_customers (
  workspace_id uuid not null,
  customer_id uuid not null,
  processor text not null,
  processor_id text not null,
  created_at timestamptz(3) not null default now(),
  constraint payment_customers_pkey primary key (workspace_id, customer_id, processor),
  constraint payment_customers_processor_check
    check (processor in ('stripe', 'stripe_test', 'sandbox')),
  constraint payment_customers_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create index payment_customers_by_processor_id on payment_customers (processor, processor_id);
-- Directory table: a payment processor's id of a method leads to its workspace and customer.
create table payment_methods (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  deleted_at timestamptz(3),
  processor text not null,
  processor_id text not null,
  type text not null,
  brand text,
  last4 text,
  exp_month integer,
  exp_year integer,
  funding text,
  wallet text,
  is_default boolean not null default false,
  constraint payment_methods_pkey primary key (workspace_id, id),
  constraint payment_methods_processor_key
    unique (workspace_id, customer_id, processor, processor_id),
  constraint payment_methods_processor_check
    check (processor in ('stripe', 'stripe_test', 'sandbox')),
  constraint payment_methods_default_check check (deleted_at is null or not is_default),
  constraint payment_methods_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create unique index payment_methods_default_key
  on payment_methods (workspace_id, customer_id, processor) where is_default;
create index payment_methods_by_customer
  on payment_methods (workspace_id, customer_id, created_at desc, id desc)
  where deleted_at is null;
create index payment_methods_by_processor_id on payment_methods (processor, processor_id);
-- What is asked of a payment processor: written before it is asked, settled with what came of it.
create table payment_intents (
  workspace_id uuid not null,
  -- The processor is asked with this id as idempotency key.
  id uuid not null,
  customer_id uuid not null,
  created_at timestamptz(3) not null default now(),
  settled_at timestamptz(3),
  processor text not null,
  kind text not null,
  status text not null default 'pending',
  -- What the intent is about: two open ones about the same thing are one.
  subject text not null,
  method_id uuid,
  -- What the processor calls what it made: a customer or a set-up.
  processor_ref text,
  set_default boolean not null default false,
  -- What the processor is told, encrypted: a token, an address, a name.
  details bytea,
  -- Why the processor refused, in public words.
  reason text,
  -- Keyed digests of the caller's Idempotency-Key and of the request that came with it.
  request_key bytea,
  request_print bytea,
  attempts integer not null default 1,
  -- When whoever looks after unsettled intents takes this one up.
  due_at timestamptz(3) not null,
  constraint payment_intents_pkey primary key (workspace_id, id),
  constraint payment_intents_processor_check
    check (processor in ('stripe', 'stripe_test', 'sandbox')),
  constraint payment_intents_kind_check
    check (kind in ('customer', 'setup', 'default', 'detach', 'forget')),
  constraint payment_intents_status_check
    check (status in ('pending', 'requires_action', 'succeeded', 'failed', 'superseded')),
  constraint payment_intents_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint payment_intents_method_fkey foreign key (workspace_id, method_id)
    references payment_methods (workspace_id, id) on delete cascade
);
create unique index payment_intents_open_key
  on payment_intents (workspace_id, customer_id, processor, kind, subject)
  where status = 'pending';
create unique index payment_intents_request_key on payment_intents (workspace_id, request_key);
create index payment_intents_due on payment_intents (due_at)
  where status in ('pending', 'requires_action');
create index payment_intents_by_customer
  on payment_intents (workspace_id, customer_id, kind, created_at desc);
-- Which events of other services were taken in: each is told at least once, and counts once.
create table provider_events (
  provider text not null,
  event_id text not null,
  type text not null,
  received_at timestamptz(3) not null default now(),
  constraint provider_events_pkey primary key (provider, event_id)
);
create index provider_events_by_time on provider_events (received_at);
-- The payment sandbox's own records: what a processor would keep at its side. Directory table: the
-- id of a set-up leads to its workspace.
create table sandbox_objects (
  workspace_id uuid not null,
  id text not null,
  customer_id uuid not null,
  -- The idempotency key it was made under.
  request_key text not null,
  data jsonb not null,
  created_at timestamptz(3) not null default now(),
  constraint sandbox_objects_pkey primary key (workspace_id, id),
  constraint sandbox_objects_request_key unique (workspace_id, request_key),
  constraint sandbox_objects_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create index sandbox_objects_by_id on sandbox_objects (id);
create index sandbox_objects_by_customer on sandbox_objects (workspace_id, customer_id);
