create table file_share_downloads (
  workspace_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  slot_number integer not null,
  -- A keyed hash of who downloaded; the address itself is kept nowhere.
  downloader_ip_hash text,
  created_at timestamptz(3) not null default now(),
  constraint file_share_downloads_pkey primary key (workspace_id, id),
  constraint file_share_downloads_session_fkey foreign key (workspace_id, session_id)
    references file_share_sessions (workspace_id, id) on delete cascade
);
create unique index file_share_downloads_slot_key
  on file_share_downloads (workspace_id, session_id, slot_number);
