-- The personal side of audit rows; the database key to its row is (workspace_id, seq).
create table audit_personal (
  workspace_id uuid not null,
  seq bigint not null,
  customer_id uuid,
  before jsonb,
  after jsonb,
  constraint audit_personal_pkey primary key (workspace_id, seq),
  constraint audit_personal_audit_fkey foreign key (workspace_id, seq)
    references audit_log (workspace_id, seq) on delete cascade
);
create index audit_personal_by_customer on audit_personal (workspace_id, customer_id);
