-- One customer that became part of another, and what it takes to undo that.
create table merges (
  workspace_id uuid not null,
  id uuid not null,
  source_customer_id uuid not null,
  target_customer_id uuid not null,
  strategy text not null,
  counts jsonb not null,
  -- Both records before and the survivor's after; null once one of them was erased.
  fields jsonb,
  created_at timestamptz(3) not null default now(),
  undone_at timestamptz(3),
  constraint merges_pkey primary key (workspace_id, id),
  constraint merges_source_fkey foreign key (workspace_id, source_customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint merges_target_fkey foreign key (workspace_id, target_customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint merges_strategy_check
    check (strategy in ('KEEP_TARGET', 'KEEP_SOURCE', 'FILL_MISSING'))
);
create index merges_by_source on merges (workspace_id, source_customer_id);
create index merges_by_target on merges (workspace_id, target_customer_id);
