import type { Work } from '../../db/work.ts';
import { newId } from '../../kernel/ids.ts';
import { type Keys, newToken } from '../../kernel/secrets.ts';
import {
  CUSTOMER_SESSION_PREFIX,
  inMinutes,
  MEMBER_SESSION_PREFIX,
  type PortalSession,
  SESSION_MINUTES,
} from './session.ts';
import { insertSession } from './sessions.store.ts';

/** Opens a session in this transaction. Out: the session, and its token, shown this once. */
export function startSession(
  w: Work,
  keys: Keys,
  whose: Pick<PortalSession, 'workspace_id' | 'customer_id' | 'member_id' | 'return_url'>,
): { session: PortalSession; token: string } {
  const token = newToken(
    whose.member_id === null ? CUSTOMER_SESSION_PREFIX : MEMBER_SESSION_PREFIX,
  );
  const session: PortalSession = {
    ...whose,
    id: newId(),
    created_at: new Date().toISOString(),
    expires_at: inMinutes(SESSION_MINUTES),
  };
  w.defer(
    insertSession(
      session.workspace_id,
      session.id,
      session.customer_id,
      session.member_id,
      keys.tokenHash(token),
      session.return_url,
      session.created_at,
      session.expires_at,
    ),
  );
  w.record({
    entity: 'portal_session',
    entityId: session.id,
    customerId: session.customer_id,
    before: null,
    after: { member_id: session.member_id, expires_at: session.expires_at },
    personal: [],
    workspaceId: session.workspace_id,
  });
  return { session, token };
}
