import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { explainMemberClash, ownerAlreadyThere, unknownCustomer } from './member.errors.ts';
import type { Member, MemberRole } from './member.ts';
import { lockTeamCustomer, teamOf } from './members.store.ts';
import { addToTeam } from './write-member.ts';

/** Input of `addMember`. */
export interface AddMember {
  customer_id: string;
  email: string;
  name?: string | null;
  external_id?: string | null;
  role?: MemberRole;
}

/**
 * Adds a member to a customer of any type (README decision 27). An address that is already on the
 * team gives the member that is there, unchanged. Errors: 422 for an unknown customer, a second
 * owner, or an external id in use.
 */
export async function addMember(app: App, caller: Caller, input: AddMember): Promise<Member> {
  const member: Member = {
    workspace_id: caller.workspaceId,
    id: newId(),
    customer_id: input.customer_id,
    created_at: new Date().toISOString(),
    modified_at: null,
    deleted_at: null,
    email: input.email,
    name: input.name ?? null,
    external_id: input.external_id ?? null,
    role: input.role ?? 'member',
  };
  return app.work(
    caller,
    async (w) => {
      const customer = await w.run(lockTeamCustomer(caller.workspaceId, input.customer_id));
      if (customer.rowCount === 0) throw unknownCustomer(input.customer_id);
      w.concerns(input.customer_id);
      const { rows: team } = await w.run<Member>(teamOf(caller.workspaceId, input.customer_id));
      const present = team.find((m) => m.email?.toLowerCase() === input.email.toLowerCase());
      if (present !== undefined) return present;
      if (member.role === 'owner') throw ownerAlreadyThere();
      addToTeam(w, member);
      return member;
    },
    { explain: explainMemberClash(member) },
  );
}
