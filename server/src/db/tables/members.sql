create table members (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  deleted_at timestamptz(3),
  email text,
  name text,
  external_id text,
  role text not null,
  email_key text generated always as (lower(email)) stored,
  external_key text generated always as (md5(external_id)) stored,
  constraint members_pkey primary key (workspace_id, id),
  constraint members_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint members_role_check check (role in ('owner', 'billing_manager', 'member'))
);
create index members_by_customer on members (workspace_id, customer_id, created_at, id);
create unique index members_email_key on members (workspace_id, customer_id, email_key)
  where deleted_at is null;
create unique index members_external_id_key on members (workspace_id, customer_id, external_key)
  where deleted_at is null;
create unique index members_owner_key on members (workspace_id, customer_id)
  where deleted_at is null and role = 'owner';
create index members_by_created on members (workspace_id, created_at desc, id desc)
  where deleted_at is null;
