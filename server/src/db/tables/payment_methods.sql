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
