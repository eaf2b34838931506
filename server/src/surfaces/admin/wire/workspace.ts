import type { IssuedCredential } from '../../../modules/credentials/index.ts';
import type { Workspace } from '../../../modules/workspaces/index.ts';

/** A workspace as the operator sees it. */
export function workspaceWire(w: Workspace) {
  return { ...w, blocked: w.blocked_at !== null };
}

/** A new credential with its secret, in the form of its kind. */
export function issuedWire(c: IssuedCredential) {
  const { id, kind, name, scopes, expires_at, created_at, secret } = c;
  const shared = { id, kind, name, scopes, expires_at, created_at };
  return c.client_id === null
    ? { ...shared, token: secret }
    : { ...shared, client_id: c.client_id, client_secret: secret };
}
