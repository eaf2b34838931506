import { LRUCache } from 'lru-cache';
import { type Caller, OPERATOR_WORKSPACE, type PortalRole } from '../../kernel/caller.ts';
import { looksLikeToken } from '../../kernel/secrets.ts';
import type { App } from '../app.ts';
import { CUSTOMER_SESSION_PREFIX, MEMBER_SESSION_PREFIX } from './session.ts';
import { findSession } from './sessions.store.ts';

/** Whose session a token is. */
export interface SessionFacts {
  id: string;
  workspaceId: string;
  customerId: string;
  memberId: string | null;
  role: PortalRole;
  hash: Buffer;
}

/**
 * Facts by token, for a few seconds. Whether the session is still live is not cached: the
 * transaction that works for it checks that itself (functions/enter_portal.sql).
 */
const known = new LRUCache<string, SessionFacts>({ max: 10_000, ttl: 10_000 });

const lookup: Caller = {
  entry: { as: 'auth' },
  workspaceId: OPERATOR_WORKSPACE,
  actor: { kind: 'job', id: 'identify', name: 'identify' },
  surface: 'auth',
  operation: 'identify',
  requestId: 'identify',
};

interface Row {
  workspace_id: string;
  id: string;
  customer_id: string;
  member_id: string | null;
  role: PortalRole | null;
}

/**
 * The facts behind the token of a portal session; undefined for a token that is none. Errors:
 * `invalid_token` for a session that has ended.
 */
export async function identifySession(app: App, token: string): Promise<SessionFacts | undefined> {
  const cached = known.get(token);
  if (cached !== undefined) return cached;
  const prefixes = [CUSTOMER_SESSION_PREFIX, MEMBER_SESSION_PREFIX];
  if (!prefixes.some((prefix) => looksLikeToken(prefix, token))) return undefined;
  const hash = app.keys.tokenHash(token);
  const { rows } = await app.work({ ...lookup }, (w) => w.defer<Row>(findSession(hash)));
  const row = rows[0];
  if (row === undefined) return undefined;
  const facts: SessionFacts = {
    id: row.id,
    workspaceId: row.workspace_id,
    customerId: row.customer_id,
    memberId: row.member_id,
    role: row.role ?? 'customer',
    hash,
  };
  known.set(token, facts);
  return facts;
}

/** Drops what is remembered of a session, so that this process asks the database again. */
export function forgetSession(id: string): void {
  for (const [token, facts] of known.entries()) if (facts.id === id) known.delete(token);
}
