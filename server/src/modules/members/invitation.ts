import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { composeMail, queueMail } from '../mails/index.ts';
import type { Member } from './member.ts';
import { invitationFacts } from './members.store.ts';

/** The kind of job that tells somebody that they were added to a team. */
export const INVITE = 'invite_member';

/** Asks for the mail to a member who was added in this transaction. */
export function queueInvitation(w: Work, member: Member): void {
  w.enqueue({
    kind: INVITE,
    payload: { member_id: member.id },
    customerId: member.customer_id,
  });
}

interface Facts {
  workspace: string;
  slug: string;
  customer: string | null;
  customer_id: string;
  email: string;
}

/** Tells a member of the team it was added to; who was removed meanwhile is told nothing. */
export async function invite(
  app: App,
  job: Caller,
  { member_id }: { member_id: string },
): Promise<void> {
  await app.work({ ...job }, async (w) => {
    const { rows } = await w.run<Facts>(invitationFacts(job.workspaceId, member_id));
    const facts = rows[0];
    if (facts === undefined) return;
    const team = facts.customer ?? 'a customer';
    queueMail(w, app, {
      workspaceId: job.workspaceId,
      customerId: facts.customer_id,
      ...composeMail({
        to: facts.email,
        from: facts.workspace,
        subject: `You were added to a team at ${facts.workspace}`,
        lines: [
          `You are now on the team of ${team} at ${facts.workspace}.`,
          'Sign in with this address; a code will be sent to it.',
          { link: `${app.publicUrl}/${facts.slug}/portal`, text: 'Open the portal' },
        ],
      }),
    });
  });
}
