import { bodyIssue, type Issue } from '../../kernel/errors.ts';

/** Constraints of `customers` that stand for one identity used twice. */
export const identityConstraints = new Set(['customers_email_key', 'customers_external_id_key']);

export const emailTaken = (email: string): Issue => ({
  ...bodyIssue(['email'], 'A customer with this email already exists', email),
  rule: 'conflict',
});

export const externalIdTaken = (externalId: string): Issue => ({
  ...bodyIssue(['external_id'], 'A customer with this external id already exists', externalId),
  rule: 'conflict',
});

export const externalIdFixed = (externalId: string | null): Issue =>
  bodyIssue(['external_id'], 'An external id cannot be updated once it is set', externalId);

export const typeDowngraded = (type: string): Issue =>
  bodyIssue(['type'], 'A team cannot be downgraded to an individual', type);

export const workspaceGiven = (workspaceId: string): Issue => ({
  ...bodyIssue(
    ['workspace_id'],
    'The token already belongs to a workspace; leave this field out',
    workspaceId,
  ),
  type: 'workspace_token',
});
