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
