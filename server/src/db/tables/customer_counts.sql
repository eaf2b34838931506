-- Listed customers per workspace, spread over slots so that writers rarely meet; kept by triggers.
create table customer_counts (
  workspace_id uuid not null,
  slot smallint not null,
  listed bigint not null,
  constraint customer_counts_pkey primary key (workspace_id, slot),
  constraint customer_counts_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
) with (fillfactor = 50);
