create table shares (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  description text,
  visibility text not null default 'draft',
  is_archived boolean not null default false,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint shares_pkey primary key (workspace_id, id),
  constraint shares_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint shares_visibility_check check (visibility in ('draft', 'private', 'public'))
);
create index shares_by_created on shares (workspace_id, created_at desc, id desc);
create index shares_shown on shares (workspace_id, created_at, id)
  where visibility = 'public' and not is_archived;
