-- The personal side of VAT evidence, which erasure empties: whom the register named, and why a
-- person decided.
create table vat_validation_personal (
  workspace_id uuid not null,
  validation_id uuid not null,
  customer_id uuid not null,
  name text,
  address text,
  reason text,
  constraint vat_validation_personal_pkey primary key (workspace_id, validation_id),
  constraint vat_validation_personal_validation_fkey foreign key (workspace_id, validation_id)
    references vat_validations (workspace_id, id) on delete cascade
);
create index vat_validation_personal_by_customer
  on vat_validation_personal (workspace_id, customer_id);
