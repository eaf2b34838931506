-- Directory table: found by id or slug before any workspace is known, so it has no workspace_id.
create table workspaces (
  id uuid not null,
  slug text not null,
  name text not null,
  blocked_at timestamptz(3),
  deleted_at timestamptz(3),
  -- A throw-away workspace of the doctor: the only kind that can be purged.
  ephemeral boolean not null default false,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  avatar_url text,
  email text,
  website text,
  customer_portal_settings jsonb not null default '{"usage": {"show": true}}',
  constraint workspaces_pkey primary key (id)
);
create unique index workspaces_slug_key on workspaces (lower(slug)) where deleted_at is null;
