import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { VatRegister } from '../../src/modules/vat/index.ts';
import {
  FAULTS,
  startViesStandIn,
  TEST_ERRORS,
  type ViesStandIn,
} from '../../src/providers/vies/stand-in.ts';
import { call } from '../kit/call.ts';
import { engine } from '../kit/database.ts';
import { startProcess } from '../kit/process.ts';
import { ROOT_TOKEN, startProgram, type TestProgram } from '../kit/program.ts';
import { size } from '../kit/soak.ts';
import { clientOf, vatNumber } from '../kit/vies.ts';
import { type BillingWorkspace, billingWorkspace } from '../surfaces/billing/billing-kit.ts';

const CHECKS = size(50, 500);
const OUTAGES = [...Object.keys(TEST_ERRORS), ...FAULTS];
const OUTCOMES = ['100', '200', ...OUTAGES];
const VERDICTS: Record<string, string> = { 100: 'valid', 200: 'invalid' };
const STATUSES: Record<string, string> = { 100: 'VALID', 200: 'INVALID' };

let stand: ViesStandIn;
const programs: TestProgram[] = [];
beforeAll(async () => {
  stand = await startViesStandIn();
});
afterAll(async () => {
  for (const program of programs) await program.close();
  await stand.close();
});
beforeEach(() => {
  stand.outcomes.clear();
  stand.otherwise = '100';
  stand.delayMs = 0;
  stand.seen = { requests: 0, perCountry: 0, inAll: 0 };
});

async function start(register: VatRegister) {
  const program = await startProgram({ vies: register });
  programs.push(program);
  return { program, ws: await billingWorkspace(program) };
}

let numbers = 0;

/** Makes customers of which VIES knows one thing each, all outcomes in turn. Out: outcome by number. */
async function customers(
  ws: BillingWorkspace,
  count: number,
  outcomes: readonly string[],
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for (let n = 0; n < count; n += 1) {
    numbers += 1;
    const [eu_vat, outcome] = [vatNumber(numbers), outcomes[n % outcomes.length] as string];
    stand.outcomes.set(eu_vat, outcome);
    made.set(eu_vat, outcome);
    const body = { name: `Customer ${numbers}`, tax_identifiers: { eu_vat } };
    const { status } = await ws.bill('POST', '/customers', body);
    expect(status).toBe(201);
  }
  return made;
}

interface Known {
  id: string;
  eu_vat: string;
  status: string;
  verdicts: (string | null)[];
}

/** Whether nothing was heard of a number yet, or too little to tell. */
const unasked = (r: Known) => r.status === 'PENDING' && r.verdicts.length < 2;

const known = (program: TestProgram, ws: BillingWorkspace) =>
  program.database.owner<Known>(
    `select c.id, c.tax_identifiers ->> 'eu_vat' as eu_vat, c.vat_validation_status as status,
       coalesce((select json_agg(v.verdict order by v.seq) from vat_validations v
         where v.workspace_id = c.workspace_id and v.customer_id = c.id), '[]') as verdicts
     from customers c where c.workspace_id = $1`,
    [ws.id],
  );

/** Outages that were stored as a verdict, and verdicts that VIES never gave. */
const lies = (rows: Known[], truth: Map<string, string>) =>
  rows.filter(({ eu_vat, status, verdicts }) => {
    const outcome = truth.get(eu_vat) as string;
    return (
      status !== (STATUSES[outcome] ?? 'PENDING') ||
      verdicts.length === 0 ||
      verdicts.some((v) => v !== 'unavailable' && v !== VERDICTS[outcome])
    );
  });

/** Lets time pass for what is planned, and has done what is due. */
async function later(program: TestProgram, interval: string): Promise<void> {
  await program.database.owner(
    `update jobs set run_at = run_at - $1::interval where kind = 'vat.check'`,
    [interval],
  );
  await program.settle();
}

it('stores no outage as valid or invalid, over every outcome and fault (T47)', async () => {
  const { program, ws } = await start(clientOf(stand));
  const truth = await customers(ws, CHECKS, OUTCOMES);
  await program.settle();
  let rows = await known(program, ws);
  // One who is told to go away lets others wait, who are asked about with the next try.
  for (let tries = 0; tries < 20 && rows.some(unasked); tries += 1) {
    await later(program, '2 hours');
    rows = await known(program, ws);
  }
  expect(rows).toHaveLength(CHECKS);
  expect(lies(rows, truth)).toEqual([]);
  // Asked for, an outage is told and changes nothing either.
  const oneOfEach = new Map(rows.map((r) => [truth.get(r.eu_vat), r]));
  for (const { id, eu_vat } of oneOfEach.values()) {
    const answer = await ws.bill('POST', `/customers/${id}/vat-validation`);
    const wanted = OUTAGES.includes(truth.get(eu_vat) as string) ? [503] : [200, 503];
    expect(wanted).toContain(answer.status);
  }
  const after = await known(program, ws);
  expect(lies(after, truth)).toEqual([]);
  // And every one of them ends with the truth once VIES is well.
  for (const [eu_vat, outcome] of truth) {
    const healed = VERDICTS[outcome] === undefined ? '200' : outcome;
    stand.outcomes.set(eu_vat, healed);
    truth.set(eu_vat, healed);
  }
  let wrong = rows;
  for (let tries = 0; tries < 20 && wrong.length > 0; tries += 1) {
    await later(program, '2 hours');
    const now = await known(program, ws);
    wrong = now.filter((r) => r.status !== STATUSES[truth.get(r.eu_vat) as string]);
  }
  expect(wrong).toEqual([]);
}, 600_000);

it('notices a register that takes errors for a verdict', async () => {
  const client = clientOf(stand);
  const faulty: VatRegister = {
    requester: client.requester,
    async check(asked) {
      const answer = await client.check(asked);
      if (answer.verdict !== 'unavailable') return answer;
      const nothing = { consultationNumber: null, name: null, address: null };
      return { verdict: 'invalid', ...nothing, payload: answer.payload };
    },
  };
  const { program, ws } = await start(faulty);
  const truth = await customers(ws, OUTCOMES.length, OUTCOMES);
  await program.settle();
  expect(lies(await known(program, ws), truth).length).toBeGreaterThanOrEqual(OUTAGES.length);
}, 600_000);

it('drains within the caps after an outage of six hours', async () => {
  const breaker = { after: 5, pauseMs: 10, longestMs: 40 };
  const { program, ws } = await start(clientOf(stand, { breaker, pausesMs: [] }));
  const truth = await customers(ws, CHECKS, ['300', '301', '500', '600']);
  for (let minutes = 0; minutes < 360; minutes += 10) await later(program, '10 minutes');
  const during = await known(program, ws);
  expect(during.filter((r) => r.status !== 'PENDING')).toEqual([]);
  expect(during.flatMap((r) => r.verdicts).filter((v) => v !== 'unavailable')).toEqual([]);
  // Each asks more and more seldom.
  expect(Math.max(...during.map((r) => r.verdicts.length))).toBeLessThan(25);

  for (const eu_vat of truth.keys()) stand.outcomes.set(eu_vat, '100');
  stand.delayMs = 1;
  stand.seen = { requests: 0, perCountry: 0, inAll: 0 };
  let waiting = CHECKS;
  // What the breaker held back at first comes with the next try.
  for (let minutes = 0; minutes < 120 && waiting > 0; minutes += 10) {
    await later(program, '10 minutes');
    waiting = (await known(program, ws)).filter((r) => r.status !== 'VALID').length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(waiting).toBe(0);
  expect(stand.seen.perCountry).toBeLessThanOrEqual(2);
  expect(stand.seen.inAll).toBeLessThanOrEqual(8);
}, 600_000);

it('keeps a flood of planned and requested checks within the caps (T48)', async () => {
  const { program, ws } = await start(clientOf(stand, { timeoutMs: 20_000 }));
  await customers(ws, CHECKS, ['100']);
  const rows = await known(program, ws);
  stand.delayMs = 5;
  const [, ...answers] = await Promise.all([
    program.settle(),
    ...rows.map(({ id }) => ws.bill('POST', `/customers/${id}/vat-validation`)),
  ]);
  for (const answer of answers) expect(answer.status).toBe(200);
  await program.settle();
  expect((await known(program, ws)).filter((r) => r.status !== 'VALID')).toEqual([]);
  expect(stand.seen.perCountry).toBeLessThanOrEqual(2);
  expect(stand.seen.inAll).toBeLessThanOrEqual(8);
}, 600_000);

if (engine === 'pglite') {
  it('goes by itself, with what the configuration names', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'clientele-vies-'));
    const env = { VIES_URL: stand.url, VIES_REQUESTER: 'gr 094259216' };
    const program = await startProcess({ CLIENTELE_DATA_DIR: dir, ...env });
    try {
      await program.ready();
      const made = async (token: string, path: string, body: object) =>
        (await call(program.url, 'POST', path, { token, body })).body;
      const { id } = await made(ROOT_TOKEN, '/admin/v1/workspaces', { name: 'V', slug: 'v' });
      const { token } = await made(ROOT_TOKEN, `/admin/v1/workspaces/${id}/credentials`, {
        kind: 'secret_key',
        name: 'v',
        scopes: ['*'],
      });
      const body = { name: 'V', tax_identifiers: { eu_vat: vatNumber(0) } };
      const customer = (await made(token, '/billing/v1/customers', body)).data;
      expect(customer.vat_validation_status).toBe('PENDING');
      const path = `/billing/v1/customers/${customer.id}/vat-validations`;
      let evidence: { requester: string; verdict: string }[] = [];
      while (evidence.length === 0) {
        evidence = (await call(program.url, 'GET', path, { token })).body.data;
      }
      expect(evidence[0]).toMatchObject({ requester: 'EL094259216', verdict: 'valid' });
    } finally {
      await program.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }, 180_000);
}
