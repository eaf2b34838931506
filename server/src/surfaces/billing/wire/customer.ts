import { addressWire } from '../../../http/address-wire.ts';
import { readMoney, writeMoney } from '../../../kernel/money.ts';
import type { BillingCustomer, CursorPage } from '../../../modules/billing/index.ts';
import { entityTag } from '../../../modules/customers/index.ts';

function amount(text: string | null, currency: string): string | null {
  if (text === null) return null;
  const units = readMoney(text, currency);
  // Written under another currency, with digits that the present one does not have.
  return typeof units === 'bigint' ? writeMoney(units, currency) : text;
}

/** A customer as finance sees it (billing.md C3). */
export function billingCustomerWire(c: BillingCustomer) {
  return {
    id: c.id,
    organization_id: c.workspace_id,
    external_id: c.external_id,
    name: c.name,
    email: c.email,
    billing_address: addressWire(c.billing_address),
    tax_identifiers: c.tax_identifiers,
    metadata: c.metadata,
    custom_fields: c.custom_fields,
    tags: c.tags,
    preferred_currency: c.preferred_currency,
    customer_type: c.customer_type,
    billing_model: c.billing_model,
    mode: c.mode,
    status: c.status,
    locale: c.locale,
    payment_terms_days: c.payment_terms_days,
    preferred_provider: c.preferred_provider as 'stripe' | null,
    disabled_providers: c.disabled_providers as 'stripe'[],
    prefer_einvoice: c.prefer_einvoice,
    peppol_id: c.peppol_id,
    einvoice_email: c.einvoice_email,
    default_credit_limit: amount(c.default_credit_limit, c.currency),
    default_max_balance: amount(c.default_max_balance, c.currency),
    default_max_single_credit: amount(c.default_max_single_credit, c.currency),
    default_low_balance_threshold: amount(c.default_low_balance_threshold, c.currency),
    default_auto_topup_enabled: c.default_auto_topup_enabled,
    default_auto_topup_amount: amount(c.default_auto_topup_amount, c.currency),
    vat_validation_status: c.vat_validation_status,
    vat_validation_disabled: c.vat_validation_disabled,
    vat_validation_disabled_reason: c.vat_validation_disabled_reason,
    created_at: c.created_at,
    updated_at: c.modified_at ?? c.created_at,
    deleted_at: c.deleted_at,
  };
}

/** One customer in its envelope, with its tag. */
export const customerReply = (c: BillingCustomer) => ({
  body: { data: billingCustomerWire(c) },
  tag: entityTag(c),
});

/** A page in its envelope (billing.md C1). */
export const pageReply = <T, W>(page: CursorPage<T>, wire: (row: T) => W) => ({
  body: {
    data: page.rows.map(wire),
    pagination: {
      next_cursor: page.nextCursor,
      has_more: page.nextCursor !== null,
      limit: page.limit,
    },
  },
});
