import { LRUCache } from 'lru-cache';
import { type Caller, OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import { looksLikeToken } from '../../kernel/secrets.ts';
import type { App } from '../app.ts';
import { type CredentialKind, credentialKinds } from './credential.ts';
import { findByHash, touch } from './credentials.store.ts';

/** What never changes about a credential after it was issued. */
export interface CredentialFacts {
  id: string;
  name: string;
  workspaceId: string;
  kind: CredentialKind;
  scopes: ReadonlySet<string>;
  hash: Buffer;
}

/**
 * Facts by token, for a few seconds. Whether a credential is still live is not cached: the
 * transaction that works for it checks that itself (functions/enter_credential.sql).
 */
const known = new LRUCache<string, CredentialFacts>({ max: 10_000, ttl: 10_000 });
const used = new Map<string, { id: string; workspace_id: string; at: string }>();

const lookup: Caller = {
  entry: { as: 'auth' },
  workspaceId: OPERATOR_WORKSPACE,
  actor: { kind: 'job', id: 'identify', name: 'identify' },
  surface: 'auth',
  operation: 'identify',
  requestId: 'identify',
};

/**
 * The facts behind a bearer token of a kind, or undefined if it is none of ours or not live.
 * A wrong prefix or checksum is refused without asking the database.
 */
export async function identifyCredential(
  app: App,
  kind: CredentialKind,
  token: string,
): Promise<CredentialFacts | undefined> {
  const cached = known.get(token);
  if (cached !== undefined) {
    if (cached.kind !== kind) return undefined;
    noteUse(cached);
    return cached;
  }
  if (!looksLikeToken(credentialKinds[kind].prefix, token)) return undefined;
  const hash = app.keys.tokenHash(token);
  const { rows } = await app.work({ ...lookup }, (w) =>
    w.defer<{
      workspace_id: string;
      id: string;
      kind: CredentialKind;
      name: string;
      scopes: string[];
    }>(findByHash(hash)),
  );
  const row = rows[0];
  if (row === undefined || row.kind !== kind) return undefined;
  const facts: CredentialFacts = {
    id: row.id,
    name: row.name,
    workspaceId: row.workspace_id,
    kind: row.kind,
    scopes: new Set(row.scopes),
    hash,
  };
  known.set(token, facts);
  noteUse(facts);
  return facts;
}

function noteUse(facts: CredentialFacts): void {
  const noted = used.get(facts.id);
  if (noted === undefined) {
    used.set(facts.id, {
      id: facts.id,
      workspace_id: facts.workspaceId,
      at: new Date().toISOString(),
    });
  }
}

/** Drops what is remembered of a credential, so that this process asks the database again. */
export function forgetCredential(id: string): void {
  for (const [token, facts] of known.entries()) if (facts.id === id) known.delete(token);
}

/** Drops what is remembered of a workspace's credentials. */
export function forgetWorkspace(workspaceId: string): void {
  for (const [token, facts] of known.entries()) {
    if (facts.workspaceId === workspaceId) known.delete(token);
  }
}

/** Writes when credentials were last used; called by a job every few seconds. */
export async function writeLastUses(app: App, caller: Caller): Promise<number> {
  const uses = [...used.values()];
  used.clear();
  if (uses.length > 0) await app.work(caller, (w) => w.defer(touch(JSON.stringify(uses))));
  return uses.length;
}
