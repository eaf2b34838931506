-- Directory table: a token's hash leads to its workspace.
create table credentials (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  name text not null,
  client_id text,
  hash bytea not null,
  scopes text[] not null,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  -- Its workspace is blocked or deleted; kept here so that every request reads one row.
  suspended boolean not null default false,
  last_used_at timestamptz(3),
  rotated_from uuid,
  created_at timestamptz(3) not null default now(),
  constraint credentials_pkey primary key (workspace_id, id),
  constraint credentials_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint credentials_kind_check
    check (kind in ('access_token', 'api_key', 'oauth_client', 'secret_key'))
);
create unique index credentials_hash_key on credentials (hash);
create unique index credentials_client_id_key on credentials (client_id);
