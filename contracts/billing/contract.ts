import type { Contract } from '../lib/operation.ts';
import * as customers from './operations/customers.ts';
import * as merges from './operations/merges.ts';
import * as records from './operations/records.ts';
import * as settings from './operations/settings.ts';
import * as vat from './operations/vat.ts';
import * as wallets from './operations/wallets.ts';
import { errorSchemas } from './schemas/problem.ts';

export * from './operations/customers.ts';
export * from './operations/merges.ts';
export * from './operations/records.ts';
export * from './operations/settings.ts';
export * from './operations/vat.ts';
export * from './operations/wallets.ts';

/** What finance and billing jobs use. */
export const billing: Contract = {
  surface: 'billing',
  title: 'Clientele billing API',
  version: '0.1.0',
  description:
    'Customers with their wallets, for finance. Fields and query parameters that are not known ' +
    'are ignored. Errors are problem details (RFC 9457).',
  mount: '/billing/v1',
  security: {
    type: 'http',
    scheme: 'bearer',
    description: 'A secret key; each operation names the scopes of which one is needed',
  },
  errorSchemas,
  errorMediaType: 'application/problem+json',
  operations: [customers, vat, wallets, records, merges, settings].flatMap((resource) =>
    Object.values(resource),
  ),
};
