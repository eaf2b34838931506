import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { byId, reads, writes } from '../../workspace/operations/common.ts';
import { BillingCustomer } from '../schemas/customer.ts';
import { cursorQuery, dataOf, listOf } from '../schemas/money.ts';
import { ManualOverride, VatValidation } from '../schemas/vat.ts';

const tag = 'VAT';
const at = (end: string) => `/billing/v1/customers/{id}/vat-validation${end}`;
const params = byId('customer');
const change = {
  tag,
  access: writes('vat'),
  params,
  success: { status: 200, schema: dataOf(BillingCustomer), description: 'The customer' },
  errors: [400, 404, 409, 412],
  tagged: true,
} as const;

export const vatVerify = operation({
  id: 'vat_verify',
  method: 'post',
  path: at(''),
  summary: 'Check the VAT number now',
  description: 'Asks VIES and waits. If VIES has no answer: 503, and the status stays.',
  ...change,
});

const override = {
  path: at('/manual'),
  summary: 'Let a person decide about the VAT number',
  description: 'Holds until it expires or is cleared. Repeated, it gets a new reason and end.',
  body: ManualOverride,
  ...change,
} as const;

export const vatOverride = operation({ id: 'vat_override', method: 'post', ...override });
export const vatOverridePut = operation({ id: 'vat_override_put', method: 'put', ...override });

export const vatOverrideClear = operation({
  id: 'vat_override_clear',
  method: 'delete',
  path: at('/manual'),
  summary: 'Take back what a person decided about the VAT number',
  description: 'Without an override nothing changes.',
  ...change,
});

export const vatValidationsList = operation({
  id: 'vat_validations_list',
  method: 'get',
  path: at('s'),
  tag,
  summary: 'List the evidence of a VAT number',
  description: 'Newest first; with `as_of`, what was known at that time.',
  access: reads('vat'),
  params,
  query: Type.Object({
    ...cursorQuery,
    as_of: Type.Optional(
      Type.String({ description: 'What was known at this RFC 3339 time', 'x-time': true }),
    ),
  }),
  success: { status: 200, description: 'A page of evidence', schema: listOf(VatValidation) },
  errors: [400, 404],
});
