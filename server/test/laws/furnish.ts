import { call } from '../kit/call.ts';
import type { TestProgram, TestWorkspace } from '../kit/program.ts';
import { newEmail, newTeam, portal } from '../surfaces/portal/portal-kit.ts';

/** Makes a customer that has one of everything a customer can have, so that laws find rows. */
export async function furnish(
  program: TestProgram,
  ws: TestWorkspace,
): Promise<{ customer: string; member: string }> {
  const team = await newTeam(ws);
  const member = await team.add('member');
  const api = portal(program, team.owner.token);
  const added = await api(
    'POST',
    '/members',
    { email: newEmail('added') },
    {
      'idempotency-key': team.id,
    },
  );
  if (added.status !== 201) throw new Error(`${added.status}: ${added.text}`);
  const code = { email: team.email, workspace_id: ws.id };
  const asked = '/api/customer-portal/customer-session/request';
  await call(program.url, 'POST', asked, { body: code });
  await program.settle();
  return { customer: team.id, member: member.id };
}
