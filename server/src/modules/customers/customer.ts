import type { Member } from '../members/index.ts';

/** A postal address; `country` is ISO 3166-1 alpha-2, `state` carries its prefix in US and CA. */
export interface Address {
  line1?: string | null;
  line2?: string | null;
  postal_code?: string | null;
  city?: string | null;
  state?: string | null;
  country: string;
}

export type CustomerType = 'individual' | 'team';
export type CustomerStatus = 'ACTIVE' | 'INACTIVE' | 'SUSPENDED' | 'ARCHIVED' | 'MERGED';
export type MetadataValue = string | number | boolean;

/** One customer of a workspace: the record behind all five surfaces (contracts/README.md). */
export interface Customer {
  workspace_id: string;
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  anonymized_at: string | null;
  revision: number;
  status: CustomerStatus;
  status_before_archive: CustomerStatus | null;
  type: CustomerType;
  external_id: string | null;
  email: string | null;
  email_verified: boolean;
  name: string | null;
  legal_name: string | null;
  billing_name: string | null;
  billing_address: Address | null;
  customer_type: 'BUSINESS' | 'CONSUMER' | 'UNKNOWN';
  preferred_currency: string | null;
  locale: string | null;
  timezone: string | null;
  industry: string | null;
  tax_identifiers: Record<string, string>;
  metadata: Record<string, MetadataValue>;
  custom_fields: Record<string, unknown>;
  tags: string[];
  /** How charges are computed; independent of `mode` (billing.md C14). */
  billing_model: 'prepaid' | 'postpaid' | 'hybrid';
  /** Whether wallets must be filled before they are spent; all wallets share it (billing.md C6). */
  mode: 'PREPAID' | 'POSTPAID';
  payment_terms_days: number | null;
  preferred_provider: string | null;
  disabled_providers: string[];
  prefer_einvoice: boolean;
  peppol_id: string | null;
  einvoice_email: string | null;
  /** Decimal amounts that new wallets start with; text, so that nothing is rounded. */
  default_credit_limit: string | null;
  default_max_balance: string | null;
  default_max_single_credit: string | null;
  default_low_balance_threshold: string | null;
  default_auto_topup_enabled: boolean;
  default_auto_topup_amount: string | null;
  vat_validation_status: VatStatus;
  vat_validation_disabled: boolean;
  vat_validation_disabled_reason: string | null;
  /** Whom a merged customer became. */
  merged_into: string | null;
}

/** What is known of a customer's VAT number (billing.md C5). */
export type VatStatus = 'UNVALIDATED' | 'PENDING' | 'VALID' | 'INVALID' | 'MANUAL';

/** A customer with its live members, the owner first by creation. */
export interface CustomerWithMembers extends Customer {
  members: Member[];
}

/** What a caller may give for a new customer; everything else gets its default. */
export type CustomerDraft = Partial<
  Omit<Customer, 'workspace_id' | 'id' | 'created_at' | 'modified_at' | 'revision'>
>;

const ADDRESS_PARTS = ['line1', 'line2', 'postal_code', 'city', 'state', 'country'] as const;

/** An address as it is kept: its known parts alone, and of those only what is there (§5.6). */
export function keptAddress(given: Address | null): Address | null {
  if (given === null) return null;
  const parts = ADDRESS_PARTS.flatMap((part) => {
    const value = given[part];
    return value === null || value === undefined ? [] : [[part, value] as const];
  });
  return Object.fromEntries(parts) as unknown as Address;
}

/** A new customer of a workspace at a moment (RFC 3339). */
export function newCustomer(
  workspaceId: string,
  id: string,
  at: string,
  draft: CustomerDraft,
): Customer {
  return {
    workspace_id: workspaceId,
    id,
    created_at: at,
    modified_at: null,
    deleted_at: null,
    anonymized_at: null,
    revision: 1,
    status: 'ACTIVE',
    status_before_archive: null,
    type: 'individual',
    external_id: null,
    email: null,
    email_verified: false,
    name: null,
    legal_name: null,
    billing_name: null,
    customer_type: 'UNKNOWN',
    preferred_currency: null,
    locale: null,
    timezone: null,
    industry: null,
    tax_identifiers: {},
    metadata: {},
    custom_fields: {},
    tags: [],
    billing_model: 'postpaid',
    mode: 'PREPAID',
    payment_terms_days: null,
    preferred_provider: null,
    disabled_providers: [],
    prefer_einvoice: false,
    peppol_id: null,
    einvoice_email: null,
    default_credit_limit: null,
    default_max_balance: null,
    default_max_single_credit: null,
    default_low_balance_threshold: null,
    default_auto_topup_enabled: false,
    default_auto_topup_amount: null,
    vat_validation_status: 'UNVALIDATED',
    vat_validation_disabled: false,
    vat_validation_disabled_reason: null,
    merged_into: null,
    ...draft,
    billing_address: keptAddress(draft.billing_address ?? null),
  };
}

/** The strong entity tag of a customer's representation: its revision. */
export function entityTag(customer: Customer): string {
  return `${customer.id.slice(0, 8)}-${customer.revision}`;
}
