-- What a workspace has set otherwise than the catalogue's default; always text (billing.md C11).
create table workspace_settings (
  workspace_id uuid not null,
  key text not null,
  value text not null,
  modified_at timestamptz(3) not null default now(),
  constraint workspace_settings_pkey primary key (workspace_id, key),
  constraint workspace_settings_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
