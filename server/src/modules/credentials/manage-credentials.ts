import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { newToken } from '../../kernel/secrets.ts';
import type { App } from '../app.ts';
import { requireWorkspace } from '../workspaces/index.ts';
import {
  CLIENT_ID_PREFIX,
  type Credential,
  type CredentialKind,
  credentialKinds,
  type IssuedCredential,
} from './credential.ts';
import {
  endCredential,
  insertCredential,
  listForWorkspace,
  lockCredential,
  shorten,
} from './credentials.store.ts';
import { forgetCredential } from './identify.ts';
import { checkScopes } from './scopes.ts';

/** Input of `issueCredential`. */
export interface IssueCredential {
  kind: CredentialKind;
  name: string;
  scopes: string[];
  expires_at?: string | null;
}

function issued(
  workspaceId: string,
  draft: Omit<IssueCredential, 'expires_at'>,
  expires: string | null,
): IssuedCredential {
  return {
    workspace_id: workspaceId,
    id: newId(),
    kind: draft.kind,
    name: draft.name,
    client_id:
      draft.kind === 'oauth_client' ? CLIENT_ID_PREFIX + newId().replaceAll('-', '') : null,
    scopes: draft.scopes,
    expires_at: expires,
    revoked_at: null,
    suspended: false,
    last_used_at: null,
    created_at: new Date().toISOString(),
    secret: newToken(credentialKinds[draft.kind].prefix),
  };
}

const shown = (c: Credential) => ({
  kind: c.kind,
  name: c.name,
  scopes: c.scopes,
  expires_at: c.expires_at,
});

const insert = (app: App, c: IssuedCredential, rotatedFrom: string | null, suspended: boolean) =>
  insertCredential(
    c.workspace_id,
    c.id,
    c.kind,
    c.name,
    c.client_id,
    app.keys.tokenHash(c.secret),
    c.scopes,
    c.expires_at,
    rotatedFrom,
    c.created_at,
    suspended,
  );

/**
 * Issues a credential for a workspace; its secret is shown in this answer alone.
 * Errors: 404 workspace; 422 for no, unknown or unfitting scopes, or an expiry in the past.
 */
export async function issueCredential(
  app: App,
  caller: Caller,
  workspaceId: string,
  input: IssueCredential,
): Promise<IssuedCredential> {
  const scopes = checkScopes(input.kind, input.scopes);
  const expires = input.expires_at ?? null;
  if (expires !== null && Date.parse(expires) <= Date.now()) {
    throw invalid([bodyIssue(['expires_at'], 'Must lie in the future', expires)]);
  }
  const credential = issued(workspaceId, { ...input, scopes }, expires);
  return app.work(caller, async (w) => {
    const workspace = await requireWorkspace(w, workspaceId);
    w.defer(insert(app, credential, null, workspace.blocked_at !== null));
    w.record({
      entity: 'credential',
      entityId: credential.id,
      customerId: null,
      workspaceId,
      before: null,
      after: shown(credential),
      personal: [],
    });
    return credential;
  });
}

/** A workspace's credentials, newest first, ended ones included. Errors: 404. */
export async function listCredentials(
  app: App,
  caller: Caller,
  workspaceId: string,
): Promise<Credential[]> {
  return app.work(caller, async (w) => {
    await requireWorkspace(w, workspaceId);
    return (await w.run<Credential>(listForWorkspace(workspaceId))).rows;
  });
}

/**
 * Issues a successor with the same rights; the old secret goes on for `overlapSeconds`, then ends.
 * Errors: 404 for an unknown or ended credential, or workspace.
 */
export async function rotateCredential(
  app: App,
  caller: Caller,
  workspaceId: string,
  id: string,
  overlapSeconds: number,
): Promise<IssuedCredential> {
  const successor = await app.work(caller, async (w) => {
    const workspace = await requireWorkspace(w, workspaceId);
    const { rows } = await w.run<Credential>(lockCredential(workspaceId, id));
    const old = rows[0];
    if (old === undefined) throw notFound();
    const next = issued(workspaceId, old, old.expires_at);
    if (old.client_id !== null) next.client_id = CLIENT_ID_PREFIX + newId().replaceAll('-', '');
    w.defer(insert(app, next, old.id, workspace.blocked_at !== null));
    w.defer(
      overlapSeconds === 0
        ? endCredential(workspaceId, id, next.created_at, null)
        : shorten(workspaceId, id, overlapSeconds),
    );
    w.record({
      entity: 'credential',
      entityId: id,
      customerId: null,
      workspaceId,
      before: shown(old),
      after: { rotated_to: next.id, overlap_seconds: overlapSeconds },
      personal: [],
    });
    return next;
  });
  forgetCredential(id);
  return successor;
}

/** Ends a credential at once. Errors: 404 for an unknown or ended one. */
export async function revokeCredential(
  app: App,
  caller: Caller,
  workspaceId: string,
  id: string,
): Promise<void> {
  await app.work(caller, async (w) => {
    await requireWorkspace(w, workspaceId);
    const { rows } = await w.run<Credential>(lockCredential(workspaceId, id));
    if (rows[0] === undefined) throw notFound();
    const at = new Date().toISOString();
    w.defer(endCredential(workspaceId, id, at, null));
    w.record({
      entity: 'credential',
      entityId: id,
      customerId: null,
      workspaceId,
      before: shown(rows[0]),
      after: { revoked_at: at },
      personal: [],
    });
  });
  forgetCredential(id);
}
