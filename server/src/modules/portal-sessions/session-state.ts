import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type Keys, looksLikeToken, newToken } from '../../kernel/secrets.ts';
import type { App } from '../app.ts';
import { withToken } from './one-time.ts';
import { subjectOf } from './own-session.ts';
import { insertState } from './sessions.store.ts';

const STATE_PREFIX = 'clientele_st_';

/** What only the program reads back; the session's hash lets the way back enter as that session. */
interface Sealed {
  session: string;
  content: unknown;
}

/** The error for a round trip that no live session stands behind. */
export const stateDead = () =>
  new DomainError(
    'NotPermitted',
    'forbidden',
    'This link was used already, is too old, or its session has ended',
  );

/** A new state for a round trip through another site; it tells nothing by itself. */
export const newState = () => newToken(STATE_PREFIX);

/**
 * Keeps what a round trip must find again on its way back: encrypted, bound to the caller's
 * session, for 10 minutes and one use (README decision 7).
 */
export function keepState(w: Work, keys: Keys, caller: Caller, state: string, content: unknown) {
  const { sessionId, customerId, memberId } = subjectOf(caller);
  if (caller.entry.as !== 'session') throw new Error('A state is bound to a session');
  const sealed: Sealed = { session: caller.entry.hash.toString('hex'), content };
  w.defer(
    insertState(
      caller.workspaceId,
      newId(),
      keys.tokenHash(state),
      customerId,
      memberId,
      sessionId,
      keys.seal(JSON.stringify(sealed)),
    ),
  );
}

/**
 * Uses a state up. Out: what was kept with it, and the session it is bound to, as the caller of
 * what follows. Errors: 403 for a state that is unknown, used, expired, or whose session ended.
 */
export async function resumeState<T>(
  app: App,
  caller: Caller,
  state: string,
): Promise<{ content: T; caller: Caller }> {
  if (!looksLikeToken(STATE_PREFIX, state)) throw stateDead();
  const token = { kind: 'oauth_state' as const, hash: app.keys.tokenHash(state) };
  const taken = await withToken(app, caller, token, stateDead, async (_w, row) => row);
  const { session, content } = JSON.parse(app.keys.open(taken.sealed as Buffer)) as Sealed;
  const { customer_id: customerId, member_id: memberId, session_id: sessionId } = taken;
  const kind = memberId === null ? 'customer' : 'member';
  return {
    content: content as T,
    caller: {
      ...caller,
      entry: { as: 'session', hash: Buffer.from(session, 'hex') },
      workspaceId: taken.workspace_id,
      actor: { kind, id: memberId ?? customerId, name: kind },
      portal: { sessionId: sessionId as string, customerId, memberId },
    },
  };
}
