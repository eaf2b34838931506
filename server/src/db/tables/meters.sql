create table meters (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  filter jsonb not null default '[]',
  aggregation jsonb not null,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint meters_pkey primary key (workspace_id, id),
  constraint meters_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index meters_by_created on meters (workspace_id, created_at desc, id desc);
