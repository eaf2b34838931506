import type { Contract } from '../lib/operation.ts';
import { errorSchemas } from '../workspace/schemas/errors.ts';
import * as credentials from './operations/credentials.ts';
import * as upkeep from './operations/upkeep.ts';
import * as workspaces from './operations/workspaces.ts';

export * from './operations/credentials.ts';
export * from './operations/upkeep.ts';
export * from './operations/workspaces.ts';

/** What whoever runs an installation uses. */
export const admin: Contract = {
  surface: 'admin',
  title: 'Clientele admin API',
  version: '0.1.0',
  description: 'Workspaces and their credentials, kept mails, the audit trail and upkeep.',
  mount: '/admin/v1',
  security: {
    type: 'http',
    scheme: 'bearer',
    description: 'The root token of the installation',
  },
  errorSchemas,
  errorMediaType: 'application/json',
  operations: [workspaces, credentials, upkeep].flatMap((resource) => Object.values(resource)),
};
