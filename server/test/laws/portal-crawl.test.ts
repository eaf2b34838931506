import { portal as contract } from '@clientele/contracts/portal/contract.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { probeIsolation } from '../../src/http/probe/index.ts';
import type { Twin } from '../../src/modules/doctor/index.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { portal } from '../surfaces/portal/portal-kit.ts';
import { furnish } from './furnish.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

/** A customer of a workspace, as the probe wants to know it. */
async function twin(ws: TestWorkspace): Promise<Twin> {
  const { customer, member } = await furnish(program, ws);
  const { members } = (await ws.api('GET', `/api/customers/${customer}`)).body;
  const owner = members.find((m: { role: string }) => m.role === 'owner').id;
  const session = async (): Promise<string> =>
    (await ws.api('POST', '/api/customer-sessions/', { customer_id: customer, member_id: owner }))
      .body.token;
  const [card] = (await portal(program, await session())('GET', '/payment-methods')).body;
  return {
    specimens: { ids: { customer, member, payment_method: card.id }, texts: {} },
    credential: () => Promise.reject(new Error('The portal takes sessions alone')),
    session,
  };
}

it('answers the ids of another customer of the same workspace like ones that never existed', async () => {
  const ws = await program.workspace();
  const [own, foreign] = [await twin(ws), await twin(ws)];
  const report = await probeIsolation(program.server, [contract], own, foreign);
  expect(report.crossings).toEqual([]);
  expect(report.probes).toBeGreaterThan(15);
});
