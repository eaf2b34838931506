import { DomainError, type Issue, invalid } from '../../kernel/errors.ts';
import { readMoney } from '../../kernel/money.ts';
import { type Customer, type CustomerStatus, keptAddress, recordOf } from '../customers/index.ts';

/** What finance may write of a customer (billing.md C3); absent stays, null clears. */
export type BillingFields = Partial<
  Pick<
    Customer,
    | 'external_id'
    | 'email'
    | 'billing_address'
    | 'tax_identifiers'
    | 'metadata'
    | 'custom_fields'
    | 'tags'
    | 'preferred_currency'
    | 'billing_model'
    | 'locale'
    | 'payment_terms_days'
    | 'preferred_provider'
    | 'disabled_providers'
    | 'prefer_einvoice'
    | 'peppol_id'
    | 'einvoice_email'
    | 'default_credit_limit'
    | 'default_max_balance'
    | 'default_max_single_credit'
    | 'default_low_balance_threshold'
    | 'default_auto_topup_enabled'
    | 'default_auto_topup_amount'
    | 'vat_validation_disabled'
    | 'vat_validation_disabled_reason'
  >
> & {
  name?: string;
  customer_type?: string;
  mode?: Customer['mode'];
  status?: Exclude<CustomerStatus, 'MERGED'>;
  auto_validate_vat?: boolean | null;
};

/** A billing customer with the currency that its amounts are written in. */
export type BillingCustomer = Customer & { currency: string };

const AMOUNTS = [
  'default_credit_limit',
  'default_max_balance',
  'default_max_single_credit',
  'default_low_balance_threshold',
  'default_auto_topup_amount',
] as const;

const PLAIN = [
  ...['external_id', 'name', 'email', 'tax_identifiers', 'metadata', 'custom_fields'],
  ...['preferred_currency', 'billing_model', 'locale', 'payment_terms_days'],
  ...['preferred_provider', 'disabled_providers', 'prefer_einvoice', 'peppol_id'],
  ...['einvoice_email', 'default_auto_topup_enabled', 'vat_validation_disabled'],
  ...['vat_validation_disabled_reason', ...AMOUNTS],
] as (keyof BillingFields & keyof Customer)[];

const ALIASES: Record<string, Customer['customer_type']> = {
  company: 'BUSINESS',
  individual: 'CONSUMER',
};

/** A tax type from the words a caller may use (billing.md C14). */
export const taxType = (word: string): Customer['customer_type'] =>
  ALIASES[word] ?? (word as Customer['customer_type']);

const rule = (path: string, message: string, input?: unknown): Issue => ({
  in: 'body',
  path: [path],
  type: 'value_error',
  message,
  input,
  rule: 'business',
});
const malformed = (path: string, message: string, input: unknown): Issue => {
  const { rule: _, ...issue } = rule(path, message, input);
  return issue;
};

/** From which status a customer may go to which (billing.md C4). */
const NEXT: Record<CustomerStatus, readonly CustomerStatus[]> = {
  ACTIVE: ['INACTIVE', 'SUSPENDED', 'ARCHIVED'],
  INACTIVE: ['ACTIVE', 'ARCHIVED'],
  SUSPENDED: ['ACTIVE', 'ARCHIVED'],
  ARCHIVED: ['ACTIVE'],
  MERGED: [],
};

function moveTo(after: Customer, status: CustomerStatus): void {
  if (status === after.status) return;
  if (!NEXT[after.status].includes(status)) {
    throw new DomainError(
      'INVALID_STATE_TRANSITION',
      'conflict',
      `A customer cannot go from ${after.status} to ${status}`,
    );
  }
  after.status_before_archive = status === 'ARCHIVED' ? after.status : null;
  after.status = status;
}

/** Amounts without digits that the currency does not have, and not below zero. */
function checkAmounts(after: Customer, currency: string): Issue[] {
  return AMOUNTS.flatMap((field) => {
    const text = after[field];
    if (text === null) return [];
    const [amount = '', named = currency] = text.split(' ');
    const units = readMoney(amount, currency);
    if (typeof units !== 'bigint' || named !== currency) {
      return [malformed(field, `Must be an amount of ${currency}`, text)];
    }
    if (units < 0n) return [malformed(field, 'Must not be below zero', text)];
    if (field === 'default_auto_topup_amount' && units === 0n) {
      return [malformed(field, 'Must be more than zero', text)];
    }
    after[field] = amount;
    return [];
  });
}

function checkWhole(after: Customer): Issue[] {
  const issues: Issue[] = [];
  if (after.default_auto_topup_enabled) {
    for (const field of ['default_auto_topup_amount', 'default_low_balance_threshold'] as const) {
      if (after[field] === null) {
        issues.push(rule(field, 'Filling up automatically needs an amount and a threshold'));
      }
    }
  }
  if (after.vat_validation_disabled && after.vat_validation_disabled_reason === null) {
    issues.push(rule('vat_validation_disabled_reason', 'Say why the number is never checked'));
  }
  if (new Set(after.disabled_providers).size < after.disabled_providers.length) {
    issues.push(rule('disabled_providers', 'Names a provider twice', after.disabled_providers));
  }
  const { preferred_provider: preferred } = after;
  if (preferred !== null && after.disabled_providers.includes(preferred)) {
    issues.push(rule('preferred_provider', 'The preferred provider is disabled', preferred));
  }
  return issues;
}

/**
 * A customer after what finance wrote. In: the currency its amounts are of. Errors: 400 for an
 * amount that is none, 409 for a status it cannot reach, 422 for broken rules, all of a kind
 * together.
 */
export function withFields(
  before: Customer,
  fields: BillingFields,
  currencyOf: (preferred: string | null) => string,
): BillingCustomer {
  const after: Customer = { ...recordOf(before) };
  for (const field of PLAIN) {
    if (fields[field] !== undefined)
      (after as unknown as Record<string, unknown>)[field] = fields[field];
  }
  if (fields.billing_address !== undefined) {
    after.billing_address = keptAddress(fields.billing_address);
  }
  if (fields.tags !== undefined) after.tags = [...new Set(fields.tags)];
  if (fields.customer_type !== undefined) after.customer_type = taxType(fields.customer_type);
  if (after.email?.toLowerCase() !== before.email?.toLowerCase()) after.email_verified = false;
  if (!after.vat_validation_disabled) after.vat_validation_disabled_reason = null;
  if (fields.status !== undefined) moveTo(after, fields.status);
  const currency = currencyOf(after.preferred_currency);
  const form = checkAmounts(after, currency);
  if (form.length > 0) throw invalid(form);
  const rules = checkWhole(after);
  if (rules.length > 0) throw invalid(rules);
  if (
    before.tax_identifiers.eu_vat !== after.tax_identifiers.eu_vat &&
    before.vat_validation_status !== 'MANUAL'
  ) {
    after.vat_validation_status = 'UNVALIDATED';
  }
  return { ...after, currency };
}
