-- Events that committed with their change and still wait for their place in the change log.
create table outbox (
  workspace_id uuid not null,
  seq bigint generated always as identity,
  id uuid not null,
  type text not null,
  timestamp timestamptz(3) not null default now(),
  customer_id uuid,
  data jsonb not null,
  constraint outbox_pkey primary key (workspace_id, seq),
  constraint outbox_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index outbox_by_customer on outbox (workspace_id, customer_id);
