import { Type } from '@sinclair/typebox';
import { nullable, time, words } from '../../lib/schema.ts';
import { Address, AddressInput } from '../../workspace/schemas/address.ts';
import { emailInput } from '../../workspace/schemas/member.ts';
import { MetadataInput, MetadataOutput } from '../../workspace/schemas/metadata.ts';
import { identifier } from '../../workspace/schemas/stored.ts';
import { optionalAmount } from './money.ts';

const PROVIDERS = ['stripe', 'gocardless', 'mollie', 'adyen'] as const;

export const BillingMode = words(['PREPAID', 'POSTPAID'], {
  title: 'BillingMode',
  description: 'Whether wallets are filled before they are spent',
});
export const TaxType = words(['BUSINESS', 'CONSUMER', 'UNKNOWN'], {
  title: 'TaxType',
  description: 'How the customer counts for tax',
});
/** What a caller may write for a type: the words of the guide, too (billing.md C14). */
export const taxTypeInput = Type.Unsafe<string>({
  type: 'string',
  description: 'BUSINESS, CONSUMER or UNKNOWN; company and individual are understood',
  enum: ['BUSINESS', 'CONSUMER', 'UNKNOWN', 'company', 'individual'],
});
const BillingModel = words(['prepaid', 'postpaid', 'hybrid'], {
  title: 'BillingModel',
  description: 'How charges are computed',
});
export const CustomerStatus = words(['ACTIVE', 'INACTIVE', 'SUSPENDED', 'ARCHIVED', 'MERGED'], {
  title: 'CustomerStatus',
  description: 'Where the customer is in its life',
});
const VatStatus = words(['UNVALIDATED', 'PENDING', 'VALID', 'INVALID', 'MANUAL'], {
  title: 'VatStatus',
  description: 'What is known of the VAT number',
});
export const Provider = words(PROVIDERS, {
  title: 'PaymentProvider',
  description: 'A payment provider',
});

const text = (description: string) => nullable(Type.String({ description }));
const amount = text;

export const BillingCustomer = Type.Object(
  {
    id: identifier('Unique id'),
    organization_id: identifier('The workspace this belongs to'),
    external_id: text('Id in your own system'),
    name: text('Name'),
    email: text('E-mail address'),
    billing_address: nullable(Address),
    tax_identifiers: Type.Record(Type.String(), Type.String(), {
      description: 'Tax numbers by their kind, such as eu_vat',
    }),
    metadata: MetadataOutput,
    custom_fields: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Fields of your own',
    }),
    tags: Type.Array(Type.String(), { description: 'Labels to find customers by' }),
    preferred_currency: text('ISO 4217 code; null for that of the workspace'),
    customer_type: TaxType,
    billing_model: BillingModel,
    mode: BillingMode,
    status: CustomerStatus,
    locale: text('BCP 47 language tag'),
    payment_terms_days: nullable(Type.Integer({ description: 'Days to pay within' })),
    preferred_provider: nullable(Provider),
    disabled_providers: Type.Array(Provider, { description: 'Providers not to be used' }),
    prefer_einvoice: Type.Boolean({ description: 'Whether invoices go out electronically' }),
    peppol_id: text('Peppol participant id'),
    einvoice_email: text('Where electronic invoices go'),
    default_credit_limit: amount('Credit limit of new wallets, a decimal'),
    default_max_balance: amount('Highest balance of new wallets, a decimal'),
    default_max_single_credit: amount('Highest single credit of new wallets, a decimal'),
    default_low_balance_threshold: amount('Below it new wallets are low, a decimal'),
    default_auto_topup_enabled: Type.Boolean({
      description: 'Whether new wallets fill themselves',
    }),
    default_auto_topup_amount: amount('What new wallets are filled by, a decimal'),
    vat_validation_status: VatStatus,
    vat_validation_disabled: Type.Boolean({ description: 'Whether the number is never checked' }),
    vat_validation_disabled_reason: text('Why it is never checked'),
    created_at: time('When it was made'),
    updated_at: time('When it last changed'),
    deleted_at: nullable(time('When it was deleted or merged')),
  },
  { title: 'BillingCustomer', description: 'A customer, as finance sees it' },
);

const optionalText = (description: string, options: object = {}) =>
  Type.Optional(nullable(Type.String({ description, ...options })));

const fields = {
  external_id: optionalText('Id in your own system', { maxLength: 255, 'x-blank-null': true }),
  email: Type.Optional(nullable(emailInput)),
  billing_address: Type.Optional(nullable(AddressInput)),
  tax_identifiers: Type.Optional(
    Type.Record(Type.String({ maxLength: 40 }), Type.String({ minLength: 1, maxLength: 100 }), {
      description: 'Tax numbers by their kind: eu_vat, us_ein, ch_uid…',
      maxProperties: 20,
    }),
  ),
  metadata: Type.Optional(MetadataInput),
  custom_fields: Type.Optional(
    Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), {
      description: 'Fields of your own, kept as they are',
      maxProperties: 50,
    }),
  ),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 50, 'x-trim': true }), {
      description: 'Labels to find customers by',
      maxItems: 50,
    }),
  ),
  preferred_currency: optionalText('ISO 4217 code', { 'x-currency': true, examples: ['EUR'] }),
  customer_type: Type.Optional(taxTypeInput),
  billing_model: Type.Optional(BillingModel),
  locale: optionalText('BCP 47 language tag', { 'x-locale': true, examples: ['de-AT'] }),
  payment_terms_days: Type.Optional(
    nullable(Type.Integer({ description: 'Days to pay within', minimum: 0, maximum: 3650 })),
  ),
  preferred_provider: Type.Optional(nullable(Provider)),
  disabled_providers: Type.Optional(
    Type.Array(Provider, { description: 'Providers not to be used', maxItems: PROVIDERS.length }),
  ),
  prefer_einvoice: Type.Optional(
    Type.Boolean({ description: 'Whether invoices go out electronically' }),
  ),
  peppol_id: optionalText('Peppol participant id: scheme and id', {
    pattern: '^\\d{4}:\\S{1,50}$',
    examples: ['0088:7300010000001'],
  }),
  einvoice_email: Type.Optional(
    nullable(
      Type.String({
        description: 'Where electronic invoices go',
        format: 'email',
        'x-email': true,
      }),
    ),
  ),
  default_credit_limit: optionalAmount('Credit limit of new wallets'),
  default_max_balance: optionalAmount('Highest balance of new wallets'),
  default_max_single_credit: optionalAmount('Highest single credit of new wallets'),
  default_low_balance_threshold: optionalAmount('Below it new wallets are low'),
  default_auto_topup_enabled: Type.Optional(
    Type.Boolean({ description: 'Whether new wallets fill themselves' }),
  ),
  default_auto_topup_amount: optionalAmount('What new wallets are filled by'),
  vat_validation_disabled: Type.Optional(
    Type.Boolean({ description: 'Whether the number is never checked; needs a reason' }),
  ),
  vat_validation_disabled_reason: optionalText('Why it is never checked', {
    maxLength: 500,
    'x-blank-null': true,
  }),
  auto_validate_vat: Type.Optional(
    nullable(
      Type.Boolean({
        description: 'false: do not check the VAT number now; true: check it even if unchanged',
      }),
    ),
  ),
};

const nameInput = Type.String({
  description: 'Name',
  minLength: 1,
  maxLength: 256,
  'x-trim': true,
});

export const BillingCustomerCreate = Type.Object(
  { name: nameInput, mode: Type.Optional(BillingMode), ...fields },
  {
    title: 'BillingCustomerCreate',
    description: 'A customer to create, or to update by external_id',
  },
);

export const BillingCustomerUpdate = Type.Object(
  {
    name: Type.Optional(nameInput),
    status: Type.Optional(
      words(['ACTIVE', 'INACTIVE', 'SUSPENDED', 'ARCHIVED'], { description: 'The new status' }),
    ),
    ...fields,
  },
  { title: 'BillingCustomerUpdate', description: 'What to change; absent stays, null clears' },
);

const reason = Type.String({
  description: 'Why; kept in the audit trail',
  minLength: 1,
  maxLength: 500,
  'x-trim': true,
});

export const ModeChange = Type.Object(
  { mode: BillingMode, reason },
  { title: 'ModeChange', description: 'The new mode, and why' },
);

export const TypeChange = Type.Object(
  { customer_type: taxTypeInput, reason },
  { title: 'TypeChange', description: 'The new type, and why' },
);

export const ProviderSettings = Type.Object(
  {
    preferred_provider: Type.Optional(nullable(Provider)),
    disabled_providers: fields.disabled_providers,
  },
  { title: 'ProviderSettings', description: 'Which payment providers to use' },
);

export const statusFilter = Type.Optional(
  Type.Array(Type.String(), { description: 'Any of these; repeated or separated by commas' }),
);
export const tagsFilter = Type.Optional(
  Type.Array(Type.String(), { description: 'All of these; repeated or separated by commas' }),
);
