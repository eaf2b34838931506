import type { Contract } from '../lib/operation.ts';
import { errorSchemas } from '../workspace/schemas/errors.ts';
import * as customers from './operations/customers.ts';
import * as fileSharing from './operations/file-sharing.ts';
import * as members from './operations/members.ts';
import * as oauthAccounts from './operations/oauth-accounts.ts';
import * as paymentMethods from './operations/payment-methods.ts';
import * as sessions from './operations/sessions.ts';
import * as workspaces from './operations/workspaces.ts';

export * from './operations/customers.ts';
export * from './operations/file-sharing.ts';
export * from './operations/members.ts';
export * from './operations/oauth-accounts.ts';
export * from './operations/payment-methods.ts';
export * from './operations/sessions.ts';
export * from './operations/workspaces.ts';

/** What the customers themselves use. */
export const portal: Contract = {
  surface: 'portal',
  title: 'Clientele customer portal API',
  version: '0.1.0',
  description:
    'What a customer and its team see and change of themselves. Fields and query parameters that ' +
    'are not known are ignored.',
  mount: '/api/customer-portal',
  security: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of a portal session; each operation names whose sessions may',
  },
  errorSchemas,
  errorMediaType: 'application/json',
  operations: [
    sessions,
    customers,
    members,
    oauthAccounts,
    paymentMethods,
    fileSharing,
    workspaces,
  ].flatMap((resource) => Object.values(resource)),
};
