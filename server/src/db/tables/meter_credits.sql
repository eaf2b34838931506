create table meter_credits (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  meter_id uuid not null,
  units bigint not null,
  created_at timestamptz(3) not null default now(),
  constraint meter_credits_pkey primary key (workspace_id, id),
  constraint meter_credits_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint meter_credits_meter_fkey foreign key (workspace_id, meter_id)
    references meters (workspace_id, id) on delete cascade,
  constraint meter_credits_units_check check (units > 0)
);
create index meter_credits_by_customer on meter_credits (workspace_id, customer_id, meter_id);
