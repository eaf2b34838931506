-- Every row that a merge touched, with what about it an undo has to know.
create table merge_moves (
  workspace_id uuid not null,
  merge_id uuid not null,
  relation text not null,
  row_id uuid not null,
  detail jsonb,
  constraint merge_moves_pkey primary key (workspace_id, merge_id, relation, row_id),
  constraint merge_moves_merge_fkey foreign key (workspace_id, merge_id)
    references merges (workspace_id, id) on delete cascade
);
