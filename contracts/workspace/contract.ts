import type { Contract } from '../lib/operation.ts';
import * as customerSessions from './operations/customer-sessions.ts';
import * as customers from './operations/customers.ts';
import * as events from './operations/events.ts';
import * as fileSharing from './operations/file-sharing.ts';
import * as members from './operations/members.ts';
import * as meters from './operations/meters.ts';
import * as shares from './operations/shares.ts';
import { errorSchemas } from './schemas/errors.ts';

export * from './operations/customer-sessions.ts';
export * from './operations/customers.ts';
export * from './operations/events.ts';
export * from './operations/file-sharing.ts';
export * from './operations/members.ts';
export * from './operations/meters.ts';
export * from './operations/shares.ts';

/** What the company's own backend uses. */
export const workspace: Contract = {
  surface: 'workspace',
  title: 'Clientele workspace API',
  version: '0.1.0',
  description:
    'The customers of one workspace with their teams, usage and changes, for your own backend. ' +
    'Fields and query parameters that are not known are ignored.',
  mount: '/api',
  security: {
    type: 'http',
    scheme: 'bearer',
    description: 'A workspace access token; each operation names the scopes of which one is needed',
  },
  errorSchemas,
  errorMediaType: 'application/json',
  operations: [customers, members, meters, events, customerSessions, fileSharing, shares].flatMap(
    (resource) => Object.values(resource),
  ),
};
