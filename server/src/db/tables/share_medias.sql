-- A file that pictures a share: where it is kept and what it is, never its bytes.
create table share_medias (
  workspace_id uuid not null,
  id uuid not null,
  share_id uuid not null,
  position integer not null,
  name text not null,
  path text not null,
  mime_type text not null,
  size bigint not null,
  storage_version text,
  checksum_etag text,
  checksum_sha256_hex text,
  last_modified_at timestamptz(3),
  version text,
  is_uploaded boolean not null default true,
  public_url text not null,
  created_at timestamptz(3) not null default now(),
  constraint share_medias_pkey primary key (workspace_id, id),
  constraint share_medias_share_fkey foreign key (workspace_id, share_id)
    references shares (workspace_id, id) on delete cascade
);
create index share_medias_by_share on share_medias (workspace_id, share_id, position, id);
