create table file_share_sessions (
  workspace_id uuid not null,
  id uuid not null,
  share_id uuid,
  short_slug text not null,
  long_slug text not null,
  status text not null default 'created',
  -- 0: without limit.
  max_downloads integer not null default 0,
  download_count integer not null default 0,
  price_cents bigint,
  currency text not null default 'usd',
  title text,
  file_name text,
  file_size_bytes bigint,
  ttl_seconds integer,
  expires_at timestamptz(3),
  activated_at timestamptz(3),
  completed_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint file_share_sessions_pkey primary key (workspace_id, id),
  constraint file_share_sessions_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade,
  constraint file_share_sessions_share_fkey foreign key (workspace_id, share_id)
    references shares (workspace_id, id) on delete cascade,
  constraint file_share_sessions_status_check
    check (status in ('created', 'active', 'completed', 'expired', 'destroyed', 'reported')),
  constraint file_share_sessions_count_check
    check (download_count >= 0 and (max_downloads = 0 or download_count <= max_downloads))
);
create unique index file_share_sessions_short_slug_key
  on file_share_sessions (workspace_id, short_slug);
create unique index file_share_sessions_long_slug_key
  on file_share_sessions (workspace_id, long_slug);
create index file_share_sessions_by_created
  on file_share_sessions (workspace_id, created_at desc, id desc);
create index file_share_sessions_by_share on file_share_sessions (workspace_id, share_id)
  where share_id is not null;
create index file_share_sessions_due on file_share_sessions (expires_at)
  where status in ('created', 'active');
