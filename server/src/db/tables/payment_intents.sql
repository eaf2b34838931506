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
