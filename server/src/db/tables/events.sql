-- The workspace's change log: gapless and in commit order (see functions/sequence_events.sql).
create table events (
  workspace_id uuid not null,
  sequence bigint not null,
  id uuid not null,
  type text not null,
  timestamp timestamptz(3) not null,
  customer_id uuid,
  data jsonb not null,
  constraint events_pkey primary key (workspace_id, sequence),
  constraint events_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index events_by_customer on events (workspace_id, customer_id);
