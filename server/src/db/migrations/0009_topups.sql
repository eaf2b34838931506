-- Charges that fill wallets up: written before the processor is asked, settled with what came of it.
create table wallet_topups (
  workspace_id uuid not null,
  -- The processor is asked with this id as idempotency key.
  id uuid not null,
  wallet_id uuid not null,
  customer_id uuid not null,
  amount bigint not null,
  status text not null default 'pending',
  -- Whom the processor is asked to charge, by its own ids; asked again, it is told the same.
  processor text,
  payer_ref text,
  method_ref text,
  -- What the processor calls the charge.
  processor_ref text,
  -- Why nothing was put into the wallet, in public words.
  reason text,
  entry_id uuid,
  attempts integer not null default 0,
  -- How often the processor failed for good under a key without charging.
  rounds integer not null default 0,
  created_at timestamptz(3) not null default now(),
  settled_at timestamptz(3),
  constraint wallet_topups_pkey primary key (workspace_id, id),
  constraint wallet_topups_wallet_fkey foreign key (workspace_id, wallet_id)
    references wallets (workspace_id, id) on delete cascade,
  constraint wallet_topups_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint wallet_topups_entry_fkey foreign key (workspace_id, entry_id)
    references ledger_entries (workspace_id, id) on delete cascade,
  constraint wallet_topups_amount_check check (amount > 0),
  constraint wallet_topups_status_check check (status in ('pending', 'succeeded', 'failed'))
);
create unique index wallet_topups_pending_key on wallet_topups (workspace_id, wallet_id)
  where status = 'pending';
create index wallet_topups_by_customer on wallet_topups (workspace_id, customer_id);

alter table ledger_entries drop constraint ledger_entries_kind_check;
alter table ledger_entries add constraint ledger_entries_kind_check
  check (kind in ('credit', 'debit', 'hold', 'capture', 'release', 'transfer_out', 'transfer_in',
    'promotional_expiry', 'topup', 'merge_out', 'merge_in'));
