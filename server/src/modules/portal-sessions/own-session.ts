import type { Caller, PortalSubject } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import type { MemberRole } from '../members/index.ts';
import { forgetSession } from './identify-session.ts';
import type { PortalSession } from './session.ts';
import { endSession, sessionById, whoIsIn } from './sessions.store.ts';

/** Whom a portal caller stands for. */
export function subjectOf(caller: Caller): PortalSubject {
  if (caller.portal === undefined) throw new Error('This is not the caller of a portal session');
  return caller.portal;
}

/** Who is signed in (§5.8 PortalAuthenticatedUser). */
export interface PortalUser {
  type: 'customer' | 'member';
  name: string | null;
  email: string | null;
  customer_id: string;
  member_id: string | null;
  role: MemberRole | null;
}

interface Row {
  customer_id: string;
  customer_name: string | null;
  customer_email: string | null;
  member_id: string | null;
  member_name: string | null;
  member_email: string | null;
  role: MemberRole | null;
}

/** Who is signed in. */
export function signedInUser(app: App, caller: Caller): Promise<PortalUser> {
  const { customerId, memberId } = subjectOf(caller);
  return app.work(caller, (w) =>
    w.defer<Row>(whoIsIn(caller.workspaceId, customerId, memberId)).map(({ rows }) => {
      const row = rows[0] as Row;
      const member = row.member_id !== null;
      return {
        type: member ? 'member' : 'customer',
        name: member ? row.member_name : row.customer_name,
        email: member ? row.member_email : row.customer_email,
        customer_id: row.customer_id,
        member_id: row.member_id,
        role: row.role,
      };
    }),
  );
}

/** The session in use. */
export function ownSession(app: App, caller: Caller): Promise<PortalSession> {
  const { sessionId } = subjectOf(caller);
  return app.work(caller, (w) =>
    w
      .defer<PortalSession>(sessionById(caller.workspaceId, sessionId))
      .map(({ rows }) => rows[0] as PortalSession),
  );
}

/** Ends the session in use, at once (README decision 23). */
export async function signOut(app: App, caller: Caller): Promise<void> {
  const { sessionId, customerId } = subjectOf(caller);
  await app.work(caller, async (w) => {
    w.defer(endSession(caller.workspaceId, sessionId));
    w.record({
      entity: 'portal_session',
      entityId: sessionId,
      customerId,
      before: {},
      after: { ended: true },
      personal: [],
    });
  });
  forgetSession(sessionId);
}
