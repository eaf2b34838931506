-- Append-only: what happened to a wallet, one after the other. Every entry names the account on the
-- other side, so that each is balanced in itself, and carries the hash of the entry before.
create table ledger_entries (
  workspace_id uuid not null,
  wallet_id uuid not null,
  seq bigint not null,
  id uuid not null,
  kind text not null,
  currency text not null,
  cash bigint not null,
  promotional bigint not null,
  held bigint not null,
  -- What the other side gained: cash + promotional + counter_amount = 0.
  counter_account text not null,
  counter_amount bigint not null,
  cash_after bigint not null,
  promotional_after bigint not null,
  held_after bigint not null,
  -- The hold or the other entry of a transfer that this one belongs to.
  related_id uuid,
  at timestamptz(3) not null,
  previous_hash bytea not null,
  hash bytea not null,
  constraint ledger_entries_pkey primary key (workspace_id, wallet_id, seq),
  constraint ledger_entries_id_key unique (workspace_id, id),
  constraint ledger_entries_wallet_fkey foreign key (workspace_id, wallet_id)
    references wallets (workspace_id, id) on delete cascade,
  constraint ledger_entries_kind_check check (kind in ('credit', 'debit', 'hold', 'capture',
    'release', 'transfer_out', 'transfer_in', 'promotional_expiry', 'topup', 'merge_out', 'merge_in')),
  constraint ledger_entries_balance_check check (cash + promotional + counter_amount = 0)
);
