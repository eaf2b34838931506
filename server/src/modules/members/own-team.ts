import type { Work } from '../../db/work.ts';
import type { Caller, PortalSubject } from '../../kernel/caller.ts';
import { DomainError, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { queueInvitation } from './invitation.ts';
import {
  explainMemberClash,
  noOwnerAdded,
  notOnOneself,
  oneOwner,
  ownerHandsOver,
  ownerStays,
} from './member.errors.ts';
import type { Member, MemberRole } from './member.ts';
import { lockTeamCustomer, teamOf } from './members.store.ts';
import { addToTeam, writeMember } from './write-member.ts';

const notATeam = () =>
  new DomainError('NotPermitted', 'forbidden', 'Only team customers have members to manage');

/** The member who acts, by its session. */
function actorOf(caller: Caller): PortalSubject & { memberId: string } {
  const { portal } = caller;
  if (portal?.memberId == null) throw new Error('This is not the session of a member');
  return { ...portal, memberId: portal.memberId };
}

/** The own team, locked, and who acts in it. Errors: 403 for a customer that is no team. */
async function lockOwnTeam(
  w: Work,
  caller: Caller,
): Promise<{ team: Member[]; actor: Member; customerId: string }> {
  const { customerId, memberId } = actorOf(caller);
  const { rows } = await w.run<{ type: string }>(lockTeamCustomer(caller.workspaceId, customerId));
  if (rows[0]?.type !== 'team') throw notATeam();
  const team = (await w.run<Member>(teamOf(caller.workspaceId, customerId))).rows;
  const actor = team.find((m) => m.id === memberId);
  // Whoever was changed while this waited for the lock has lost the session meanwhile.
  if (actor === undefined) throw notFound('Member not found');
  if (actor.role === 'member') {
    throw new DomainError('NotPermitted', 'forbidden', 'Your role does not allow this');
  }
  return { team, actor, customerId };
}

/** The own team, everybody (§8.4). Errors: 403 for a customer that is no team. */
export function ownTeam(app: App, caller: Caller): Promise<Member[]> {
  return app.work(caller, async (w) => (await lockOwnTeam(w, caller)).team);
}

/**
 * Adds somebody to the own team and tells them by mail; an address on the team gives who is there
 * (§8.4). Errors: 403; 422 for the role of owner.
 */
export function addTeammate(
  app: App,
  caller: Caller,
  input: { email: string; name?: string | null; role: MemberRole },
): Promise<Member> {
  const wanted = { email: input.email, external_id: null };
  return app.work(
    caller,
    async (w) => {
      const { team, customerId } = await lockOwnTeam(w, caller);
      if (input.role === 'owner') throw noOwnerAdded();
      const present = team.find((m) => m.email?.toLowerCase() === input.email.toLowerCase());
      if (present !== undefined) return present;
      const member: Member = {
        workspace_id: caller.workspaceId,
        id: newId(),
        customer_id: customerId,
        created_at: new Date().toISOString(),
        modified_at: null,
        deleted_at: null,
        external_id: null,
        ...input,
        name: input.name?.trim() || null,
      };
      addToTeam(w, member);
      queueInvitation(w, member);
      return member;
    },
    { explain: explainMemberClash(wanted) },
  );
}

/**
 * Gives a teammate another role; the owner may hand the ownership over (§8.4). Errors: 403; 404;
 * 422 for oneself, for a second owner, or where none would be left.
 */
export function changeRole(
  app: App,
  caller: Caller,
  id: string,
  role: MemberRole | null | undefined,
): Promise<Member> {
  return app.work(caller, async (w) => {
    const { team, actor } = await lockOwnTeam(w, caller);
    const before = team.find((m) => m.id === id);
    if (before === undefined) throw notFound('Member not found');
    if (role == null) return before;
    if (before.id === actor.id) throw notOnOneself('You cannot modify your own role', id);
    if (role === before.role) return before;
    if (role === 'owner' && actor.role !== 'owner') throw ownerHandsOver();
    if (before.role === 'owner') throw oneOwner();
    const at = new Date().toISOString();
    if (role === 'owner') {
      writeMember(w, actor, { ...actor, role: 'billing_manager', modified_at: at });
    }
    const after: Member = { ...before, role, modified_at: at };
    writeMember(w, before, after);
    return after;
  });
}

/** Takes a teammate off the team. Errors: 403; 404; 422 for oneself and for the owner. */
export async function removeTeammate(app: App, caller: Caller, id: string): Promise<void> {
  await app.work(caller, async (w) => {
    const { team, actor } = await lockOwnTeam(w, caller);
    const before = team.find((m) => m.id === id);
    if (before === undefined) throw notFound('Member not found');
    if (before.id === actor.id) throw notOnOneself('You cannot remove yourself', id);
    if (before.role === 'owner') throw ownerStays();
    const at = new Date().toISOString();
    writeMember(w, before, { ...before, deleted_at: at, modified_at: at }, 'member.deleted');
  });
}
