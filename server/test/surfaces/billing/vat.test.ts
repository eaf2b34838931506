import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ViesStandIn } from '../../../src/providers/vies/stand-in.ts';
import type { TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';
import { evidenceOf, freshNumber, nextChecks, statusOf, vatProgram } from './vat-kit.ts';

let program: TestProgram;
let stand: ViesStandIn;
let ws: BillingWorkspace;
beforeAll(async () => {
  ({ program, stand } = await vatProgram());
  ws = await billingWorkspace(program);
});
afterAll(async () => {
  await program.close();
  await stand.close();
});

const withNumber = (eu_vat = freshNumber(), more: object = {}, of = ws) =>
  newCustomer(of, { tax_identifiers: { eu_vat }, ...more });
const patch = (id: string, body: object, of = ws) => of.bill('PATCH', `/customers/${id}`, body);
const verify = (id: string, of = ws, headers = {}) =>
  of.bill('POST', `/customers/${id}/vat-validation`, undefined, headers);
const override = (id: string, body: object, method = 'POST', of = ws) =>
  of.bill(method, `/customers/${id}/vat-validation/manual`, body);
const told = async (id: string) =>
  (await ws.api('GET', '/api/events?limit=1000')).body.data
    .filter(
      (e: { customer_id: string; type: string }) =>
        e.customer_id === id && e.type.includes('.vat_'),
    )
    .map((e: { type: string; data: { from?: string; to?: string } }) =>
      e.data.to === undefined ? e.type : `${e.data.from} → ${e.data.to}`,
    );

describe('tax numbers', () => {
  it.each([
    ['eu_vat', 'DE136695970'],
    ['eu_vat', '136695976'],
    ['eu_vat', 'GB980780684'],
    ['eu_vat', 'DE'],
    ['us_ein', '12-345'],
    ['ch_uid', 'CHE-100.155.213'],
  ])('are refused by the syntax of their country: %s %s', async (kind, number) => {
    const body = { name: 'Bad', tax_identifiers: { [kind]: number } };
    const wanted = [400, 'VALIDATION_ERROR', `tax_identifiers.${kind}`];
    expect(problem(await ws.bill('POST', '/customers', body))).toEqual(wanted);
    const { id } = await newCustomer(ws);
    const { tax_identifiers } = body;
    expect(problem(await patch(id, { tax_identifiers }))).toEqual(wanted);
    expect(problem(await ws.bill('PUT', `/customers/${id}`, { tax_identifiers }))).toEqual(wanted);
  });

  it('are all named at once', async () => {
    const body = { name: 'Bad', tax_identifiers: { eu_vat: 'x', us_ein: 'y', my_own: 'z' } };
    expect(problem(await ws.bill('POST', '/customers', body))).toEqual([
      400,
      'VALIDATION_ERROR',
      'tax_identifiers.eu_vat',
      'tax_identifiers.us_ein',
    ]);
  });

  it('are kept as given, eu_vat as VIES takes it, and unknown kinds untouched', async () => {
    const tax_identifiers = {
      eu_vat: 'gr 094259216',
      us_ein: '12-3456789',
      ch_uid: 'CHE-100.155.212',
      zz_thing: '1',
      us_constructor: '1',
      house: 'anything',
    };
    const { customer } = await newCustomer(ws, { tax_identifiers, auto_validate_vat: false });
    expect(customer.tax_identifiers).toEqual({ ...tax_identifiers, eu_vat: 'EL094259216' });
    const north = await withNumber('XI980780684', { auto_validate_vat: false });
    expect(north.customer.tax_identifiers).toEqual({ eu_vat: 'XI980780684' });
  });
});

describe('an automatic check', () => {
  it('waits as PENDING and ends VALID, with evidence and events', async () => {
    const { customer, id } = await withNumber();
    expect(customer.vat_validation_status).toBe('PENDING');
    await program.settle();
    expect(await statusOf(ws, id)).toBe('VALID');
    const [row, ...more] = await evidenceOf(ws, id);
    expect(more).toEqual([]);
    const eu_vat = customer.tax_identifiers.eu_vat as string;
    expect(row).toEqual({
      id: expect.any(String),
      organization_id: ws.id,
      customer_id: id,
      provider: 'vies',
      check_type: 'automatic',
      country_code: 'DE',
      vat_number: eu_vat.slice(2),
      requester: 'DE136695976',
      verdict: 'valid',
      failure: null,
      consultation_number: expect.stringMatching(/^WAPI/),
      name: 'ACME GMBH',
      address: 'MAIN STREET 1\n10115 BERLIN',
      result_payload: expect.objectContaining({ valid: true, vatNumber: eu_vat.slice(2) }),
      reason: null,
      actor_id: 'vat.check',
      checked_at: expect.any(String),
      expires_at: expect.any(String),
    });
    const held = Date.parse(row.expires_at) - Date.parse(row.checked_at);
    expect(held).toBe(2_160 * 3_600_000);
    expect(await told(id)).toEqual(['PENDING → VALID']);
  });

  it('ends INVALID where VIES says so', async () => {
    const number = freshNumber();
    stand.outcomes.set(number, '200');
    const { id } = await withNumber(number);
    await program.settle();
    expect(await statusOf(ws, id)).toBe('INVALID');
    const [row] = await evidenceOf(ws, id);
    expect(row).toMatchObject({ verdict: 'invalid', name: null, expires_at: null });
  });

  it.each([
    ['a consumer', { customer_type: 'CONSUMER' }],
    [
      'one that is never checked',
      { vat_validation_disabled: true, vat_validation_disabled_reason: 'x' },
    ],
    ['one where the caller suppresses it', { auto_validate_vat: false }],
    ['one without a number', { tax_identifiers: { us_ein: '12-3456789' } }],
  ])('is not started for %s', async (_, body) => {
    const { customer, id } = await withNumber(freshNumber(), body);
    expect(customer.vat_validation_status).toBe('UNVALIDATED');
    await program.settle();
    expect([await statusOf(ws, id), await evidenceOf(ws, id)]).toEqual(['UNVALIDATED', []]);
  });

  it.each(['verification.vat.enabled', 'tax.vat_validation_enabled'])(
    'is not started where the workspace switches it off by %s',
    async (key) => {
      const own = await billingWorkspace(program);
      await own.bill('PATCH', '/settings', { [key]: 'false' });
      const { customer, id } = await withNumber(freshNumber(), { auto_validate_vat: true }, own);
      expect(customer.vat_validation_status).toBe('UNVALIDATED');
      expect(problem(await verify(id, own))).toEqual([422, 'VAT_VALIDATION_DISABLED']);
      await own.bill('PATCH', '/settings', { [key]: null });
      expect((await patch(id, { auto_validate_vat: true }, own)).body.data).toMatchObject({
        vat_validation_status: 'PENDING',
      });
      await own.bill('PATCH', '/settings', { [key]: 'false' });
      await program.settle();
      expect([await statusOf(own, id), await evidenceOf(own, id)]).toEqual(['UNVALIDATED', []]);
    },
  );

  it('is started anew by another number or country, or by a wish, and by nothing else', async () => {
    const { id } = await withNumber();
    await program.settle();
    const after = async (body: object) => (await patch(id, body)).body.data.vat_validation_status;
    expect(await after({ name: 'Other' })).toBe('VALID');
    expect(await after({ auto_validate_vat: true })).toBe('PENDING');
    await program.settle();
    expect(await after({ billing_address: { country: 'DE' } })).toBe('PENDING');
    await program.settle();
    expect(await after({ billing_address: { country: 'DE', city: 'Bonn' } })).toBe('VALID');
    expect(
      await after({ tax_identifiers: { eu_vat: freshNumber() }, auto_validate_vat: false }),
    ).toBe('UNVALIDATED');
    expect(await after({ tax_identifiers: { eu_vat: freshNumber() } })).toBe('PENDING');
    await program.settle();
    expect(await after({ tax_identifiers: {} })).toBe('UNVALIDATED');
    expect(await told(id)).toEqual([
      'PENDING → VALID',
      'VALID → PENDING',
      'PENDING → VALID',
      'VALID → PENDING',
      'PENDING → VALID',
      'VALID → UNVALIDATED',
      'UNVALIDATED → PENDING',
      'PENDING → VALID',
      'VALID → UNVALIDATED',
    ]);
  });

  it('is started by an upsert, too', async () => {
    const { customer, id } = await newCustomer(ws, { external_id: 'upsert-vat' });
    const body = {
      name: 'Upsert',
      external_id: 'upsert-vat',
      tax_identifiers: { eu_vat: freshNumber() },
    };
    const answer = await ws.bill('POST', '/customers', body);
    expect([answer.status, answer.body.data.id]).toEqual([200, customer.id]);
    await program.settle();
    expect(await statusOf(ws, id)).toBe('VALID');
  });

  it('writes no verdict about a number that was changed while it was asked about', async () => {
    const [first, second] = [freshNumber(), freshNumber()];
    stand.outcomes.set(first, '200');
    const { id } = await withNumber(first);
    stand.delayMs = 300;
    const settled = program.settle();
    while (stand.bodies.at(-1)?.vatNumber !== first.slice(2)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stand.delayMs = 0;
    await patch(id, { tax_identifiers: { eu_vat: second } });
    await settled;
    await program.settle();
    expect(await statusOf(ws, id)).toBe('VALID');
    const rows = await evidenceOf(ws, id);
    expect(
      rows.map((r: { vat_number: string; verdict: string }) => [r.vat_number, r.verdict]),
    ).toEqual([
      [second.slice(2), 'valid'],
      [first.slice(2), 'invalid'],
    ]);
  });

  it('waits through an outage of more tries than a job has, then ends', async () => {
    const number = freshNumber();
    stand.outcomes.set(number, '301');
    const { id } = await withNumber(number);
    for (let tries = 0; tries < 25; tries += 1) await nextChecks(program);
    expect(await statusOf(ws, id)).toBe('PENDING');
    const rows = await evidenceOf(ws, id, '?limit=100');
    expect(rows).toHaveLength(25);
    for (const row of rows) {
      expect(row).toMatchObject({
        verdict: 'unavailable',
        failure: 'MS_UNAVAILABLE',
        consultation_number: null,
        name: null,
      });
    }
    const planned = await program.database.owner<{ minutes: number; n: number }>(
      `select extract(epoch from run_at - now()) / 60 as minutes, count(*) over ()::int as n
       from jobs where customer_id = $1`,
      [id],
    );
    expect(planned[0]?.n).toBe(1);
    expect(Number(planned[0]?.minutes)).toBeGreaterThan(25);
    expect(Number(planned[0]?.minutes)).toBeLessThan(61);
    stand.outcomes.delete(number);
    await nextChecks(program);
    expect(await statusOf(ws, id)).toBe('VALID');
    expect(await told(id)).toEqual(['PENDING → VALID']);
  });

  it('is planned again where the plan was lost', async () => {
    const { id } = await withNumber();
    await program.database.owner('delete from jobs where customer_id = $1', [id]);
    await program.job('recheck_vat');
    await program.settle();
    expect(await statusOf(ws, id)).toBe('VALID');
  });
});

describe('a check on request', () => {
  it('answers with what VIES says, and may be repeated', async () => {
    const number = freshNumber();
    const { id } = await withNumber(number, { auto_validate_vat: false });
    const first = await verify(id);
    expect([first.status, first.body.data.vat_validation_status]).toEqual([200, 'VALID']);
    expect(first.headers.get('etag')).not.toBeNull();
    stand.outcomes.set(number, '200');
    expect((await verify(id)).body.data.vat_validation_status).toBe('INVALID');
    stand.outcomes.delete(number);
    expect((await verify(id)).body.data.vat_validation_status).toBe('VALID');
    const rows = await evidenceOf(ws, id);
    expect(rows.map((r: { verdict: string }) => r.verdict)).toEqual(['valid', 'invalid', 'valid']);
    expect(rows[0]).toMatchObject({ check_type: 'requested', actor_id: expect.any(String) });
    expect(await told(id)).toEqual(['UNVALIDATED → VALID', 'VALID → INVALID', 'INVALID → VALID']);
  });

  it.each([
    '300',
    '301',
    '302',
    '400',
    '202',
    '201',
    '500',
    '600',
    'stall',
    'html_ok',
    'truncated',
    'huge',
  ])('answers 503 and leaves the status where VIES has no answer (%s)', async (outcome) => {
    const number = freshNumber();
    const { id } = await withNumber(number);
    await program.settle();
    stand.outcomes.set(number, outcome);
    const answer = await verify(id);
    expect(problem(answer)).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await statusOf(ws, id)).toBe('VALID');
    const rows = await evidenceOf(ws, id);
    expect(rows.map((r: { verdict: string }) => r.verdict)).toEqual(['unavailable', 'valid']);
  });

  it('is refused without a number, for a customer that is never checked, and for a stranger', async () => {
    const { id } = await newCustomer(ws);
    expect(problem(await verify(id))).toEqual([422, 'VAT_NUMBER_MISSING']);
    const never = { vat_validation_disabled: true, vat_validation_disabled_reason: 'no' };
    const optedOut = await withNumber(freshNumber(), never);
    expect(problem(await verify(optedOut.id))).toEqual([422, 'CUSTOMER_VAT_VALIDATION_DISABLED']);
    const other = await billingWorkspace(program);
    expect(problem(await verify(optedOut.id, other))).toEqual([404, 'NOT_FOUND']);
    const reader = await billingWorkspace(program, ['vat:read', 'customers:write']);
    const own = (await reader.bill('POST', '/customers', { name: 'Own' })).body.data.id;
    expect(problem(await verify(own, reader))).toEqual([403, 'FORBIDDEN']);
    expect(await evidenceOf(reader, own)).toEqual([]);
  });

  it('honours If-Match and gives the first answer again for the same Idempotency-Key', async () => {
    const { id } = await withNumber();
    await program.settle();
    expect((await verify(id, ws, { 'if-match': '"stale"' })).status).toBe(412);
    const before = stand.seen.requests;
    const key = { 'idempotency-key': 'verify-once' };
    const first = await verify(id, ws, key);
    const again = await verify(id, ws, key);
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([
      200,
      200,
      'true',
    ]);
    expect(again.text).toBe(first.text);
    expect(stand.seen.requests).toBe(before + 1);
  });

  it('replaces an override by what VIES says', async () => {
    const { id } = await withNumber();
    await override(id, { reason: 'letter' });
    expect((await verify(id)).body.data.vat_validation_status).toBe('VALID');
  });

  it('ends a wait, so that the planned check has nothing to do', async () => {
    const { id } = await withNumber();
    expect((await verify(id)).body.data.vat_validation_status).toBe('VALID');
    await program.settle();
    expect(await evidenceOf(ws, id)).toHaveLength(1);
  });
});
