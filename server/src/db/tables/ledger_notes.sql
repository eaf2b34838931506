-- What people wrote beside an entry; apart from the ledger, so that erasure can empty it.
create table ledger_notes (
  workspace_id uuid not null,
  entry_id uuid not null,
  customer_id uuid not null,
  reason text,
  reference text,
  constraint ledger_notes_pkey primary key (workspace_id, entry_id),
  constraint ledger_notes_entry_fkey foreign key (workspace_id, entry_id)
    references ledger_entries (workspace_id, id) on delete cascade
);
create index ledger_notes_by_customer on ledger_notes (workspace_id, customer_id);
