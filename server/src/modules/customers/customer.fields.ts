import type { Customer } from './customer.ts';

/**
 * How erasure treats a field (workspace-and-portal.md §8.3, README decision 5):
 * `keep`, `clear` to its empty value, `pseudonym` (keyed hash of the value), `email` (the same, as
 * an address that reaches nobody), `stamp` (set by the erasure itself).
 */
type ErasureRule = 'keep' | 'clear' | 'pseudonym' | 'email' | 'stamp';
/** How a merge settles the field: by strategy, united, or never touched. */
type MergeRule = 'identity' | 'strategy' | 'unite' | 'derived';

/** What must be said about every field of a customer; a new field does not compile without it. */
interface FieldRules {
  merge: MergeRule;
  erasure: ErasureRule;
  /** Header of its column in the export, where it has one. */
  csv: string | null;
  /** Personal data: in the audit trail its values are kept where erasure reaches them. */
  personal: boolean;
}

const rule = (
  merge: MergeRule,
  erasure: ErasureRule,
  personal: boolean,
  csv: string | null = null,
): FieldRules => ({ merge, erasure, personal, csv });

export const customerFields: Record<keyof Customer, FieldRules> = {
  workspace_id: rule('identity', 'keep', false),
  id: rule('identity', 'keep', false, 'ID'),
  created_at: rule('identity', 'keep', false, 'Created At'),
  modified_at: rule('derived', 'stamp', false),
  deleted_at: rule('derived', 'stamp', false),
  anonymized_at: rule('derived', 'stamp', false),
  revision: rule('derived', 'stamp', false),
  status: rule('identity', 'keep', false),
  status_before_archive: rule('identity', 'keep', false),
  type: rule('identity', 'keep', false),
  external_id: rule('identity', 'clear', true, 'External ID'),
  email: rule('strategy', 'email', true, 'Email'),
  email_verified: rule('derived', 'clear', false),
  name: rule('strategy', 'pseudonym', true, 'Name'),
  legal_name: rule('strategy', 'pseudonym', true),
  billing_name: rule('strategy', 'pseudonym', true),
  billing_address: rule('strategy', 'clear', true, 'Billing Address'),
  customer_type: rule('strategy', 'keep', false),
  preferred_currency: rule('strategy', 'keep', false),
  locale: rule('strategy', 'keep', false),
  timezone: rule('strategy', 'keep', false),
  industry: rule('strategy', 'keep', false),
  tax_identifiers: rule('unite', 'clear', true),
  metadata: rule('unite', 'clear', true, 'Metadata'),
  custom_fields: rule('unite', 'clear', true),
  tags: rule('unite', 'clear', true),
  billing_model: rule('strategy', 'keep', false),
  mode: rule('identity', 'keep', false),
  payment_terms_days: rule('strategy', 'keep', false),
  preferred_provider: rule('strategy', 'keep', false),
  disabled_providers: rule('strategy', 'keep', false),
  prefer_einvoice: rule('strategy', 'keep', false),
  peppol_id: rule('strategy', 'clear', true),
  einvoice_email: rule('strategy', 'email', true),
  default_credit_limit: rule('strategy', 'keep', false),
  default_max_balance: rule('strategy', 'keep', false),
  default_max_single_credit: rule('strategy', 'keep', false),
  default_low_balance_threshold: rule('strategy', 'keep', false),
  default_auto_topup_enabled: rule('strategy', 'keep', false),
  default_auto_topup_amount: rule('strategy', 'keep', false),
  vat_validation_status: rule('derived', 'keep', false),
  vat_validation_disabled: rule('strategy', 'keep', false),
  vat_validation_disabled_reason: rule('strategy', 'clear', true),
  merged_into: rule('derived', 'keep', false),
};

/** Names of the fields that hold personal data. */
export const personalFields = Object.entries(customerFields)
  .filter(([, rules]) => rules.personal)
  .map(([name]) => name);
