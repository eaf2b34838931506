import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { explainMemberClash, oneOwner, ownerStays } from './member.errors.ts';
import type { Member, MemberRole } from './member.ts';
import { lockCustomerOf, teamOf } from './members.store.ts';
import { writeMember } from './write-member.ts';

/** Fields to change; what is absent stays. */
export interface MemberPatch {
  name?: string | null;
  external_id?: string | null;
  role?: MemberRole | null;
}

async function lockTeam(w: Work, caller: Caller, id: string): Promise<Member[]> {
  const { rows } = await w.run<{ id: string }>(lockCustomerOf(caller.workspaceId, id));
  const customer = rows[0];
  if (customer === undefined) throw notFound('Member not found');
  w.concerns(customer.id);
  return (await w.run<Member>(teamOf(caller.workspaceId, customer.id))).rows;
}

/**
 * Changes a member. Giving the role `owner` moves the ownership in one step: who held it becomes
 * a billing manager (§8.4, README decision 27). Errors: 404; 422 where no owner would be left.
 */
export async function changeMember(
  app: App,
  caller: Caller,
  id: string,
  patch: MemberPatch,
): Promise<Member> {
  const wanted = { email: null, external_id: patch.external_id ?? null };
  return app.work(
    caller,
    async (w) => {
      const team = await lockTeam(w, caller, id);
      const before = team.find((m) => m.id === id);
      if (before === undefined) throw notFound('Member not found');
      const at = new Date().toISOString();
      const after: Member = {
        ...before,
        modified_at: at,
        name: patch.name === undefined ? before.name : patch.name,
        external_id: patch.external_id === undefined ? before.external_id : patch.external_id,
        role: patch.role ?? before.role,
      };
      const changed =
        after.name !== before.name ||
        after.external_id !== before.external_id ||
        after.role !== before.role;
      if (!changed) return before;
      if (before.role === 'owner' && after.role !== 'owner') throw oneOwner();
      if (after.role === 'owner' && before.role !== 'owner') {
        const owner = team.find((m) => m.role === 'owner');
        if (owner !== undefined) {
          const demoted: Member = { ...owner, role: 'billing_manager', modified_at: at };
          writeMember(w, owner, demoted);
        }
      }
      writeMember(w, before, after);
      return after;
    },
    { explain: explainMemberClash(wanted) },
  );
}

/** Removes a member. Errors: 404; 422 for the only owner. */
export async function removeMember(app: App, caller: Caller, id: string): Promise<void> {
  await app.work(caller, async (w) => {
    const team = await lockTeam(w, caller, id);
    const before = team.find((m) => m.id === id);
    if (before === undefined) throw notFound('Member not found');
    if (before.role === 'owner') throw ownerStays();
    const at = new Date().toISOString();
    writeMember(w, before, { ...before, deleted_at: at, modified_at: at }, 'member.deleted');
  });
}
