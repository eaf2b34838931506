-- Append-only: every attempt to learn whether a VAT number is valid, and every word of a person in
-- its place. Only an answer of the register carries a verdict of valid or invalid.
create table vat_validations (
  workspace_id uuid not null,
  seq bigint generated always as identity,
  id uuid not null,
  customer_id uuid not null,
  provider text not null,
  check_type text not null,
  -- What was asked, and in whose name.
  country text,
  number text,
  requester text,
  -- What was answered; null where nobody was asked.
  verdict text,
  failure text,
  consultation_number text,
  payload jsonb not null default '{}',
  -- Keyed digest of the personal side, which outlives its erasure.
  personal_digest bytea,
  actor_kind text not null,
  actor_id text not null,
  checked_at timestamptz(3) not null,
  expires_at timestamptz(3),
  constraint vat_validations_pkey primary key (workspace_id, id),
  constraint vat_validations_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade,
  constraint vat_validations_provider_check check (provider in ('vies', 'manual')),
  constraint vat_validations_check_type_check check (check_type in
    ('automatic', 'requested', 'recheck', 'override', 'override_cleared')),
  constraint vat_validations_verdict_check
    check (verdict in ('valid', 'invalid', 'unavailable')),
  constraint vat_validations_manual_check check ((provider = 'manual') = (verdict is null)),
  constraint vat_validations_failure_check
    check ((failure is not null) = (verdict is not distinct from 'unavailable'))
);
create index vat_validations_by_customer on vat_validations (workspace_id, customer_id, seq desc);
