create table wallet_holds (
  workspace_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  amount bigint not null,
  captured bigint,
  status text not null default 'PENDING',
  reference text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  settled_at timestamptz(3),
  constraint wallet_holds_pkey primary key (workspace_id, id),
  constraint wallet_holds_wallet_fkey foreign key (workspace_id, wallet_id)
    references wallets (workspace_id, id) on delete cascade,
  constraint wallet_holds_status_check
    check (status in ('PENDING', 'CAPTURED', 'RELEASED', 'EXPIRED')),
  constraint wallet_holds_amount_check check (amount > 0)
);
create index wallet_holds_by_wallet on wallet_holds (workspace_id, wallet_id, created_at desc);
create index wallet_holds_due on wallet_holds (expires_at) where status = 'PENDING';
