create table usage_events (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  name text not null,
  external_id text,
  timestamp timestamptz(3) not null default now(),
  metadata jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  constraint usage_events_pkey primary key (workspace_id, id),
  constraint usage_events_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create unique index usage_events_external_id_key on usage_events (workspace_id, md5(external_id));
create index usage_events_by_customer on usage_events (workspace_id, customer_id, timestamp);
