-- An account at another platform that a customer, or a member of its team, has linked.
create table linked_accounts (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  -- null: an account of the customer itself.
  member_id uuid,
  platform text not null,
  -- Who vouches for the account's id.
  issuer text not null,
  account_id text not null,
  account_username text,
  -- What the platform gave to act for the account, encrypted.
  tokens bytea not null,
  created_at timestamptz(3) not null default now(),
  modified_at timestamptz(3),
  constraint linked_accounts_pkey primary key (workspace_id, id),
  constraint linked_accounts_account_key unique nulls not distinct
    (workspace_id, customer_id, member_id, platform, account_id),
  constraint linked_accounts_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint linked_accounts_member_fkey foreign key (workspace_id, member_id)
    references members (workspace_id, id) on delete cascade
);
