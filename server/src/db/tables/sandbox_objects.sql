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
