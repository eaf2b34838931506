import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDailyWindow, secondsLeft } from '../../../src/kernel/daily-window.ts';
import type { ViesStandIn } from '../../../src/providers/vies/stand-in.ts';
import type { TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';
import { age, evidenceOf, freshNumber, nextChecks, statusOf, vatProgram } from './vat-kit.ts';

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

const DAY = 86_400_000;
const withNumber = (eu_vat = freshNumber(), of = ws) =>
  newCustomer(of, { tax_identifiers: { eu_vat } });
const verify = (id: string, of = ws) => of.bill('POST', `/customers/${id}/vat-validation`);
const manual = (id: string) => `/customers/${id}/vat-validation/manual`;
const override = (id: string, body: object, method = 'POST') => ws.bill(method, manual(id), body);
const clear = (id: string) => ws.bill('DELETE', manual(id));
const types = async (id: string) =>
  (await evidenceOf(ws, id)).map((r: { check_type: string }) => r.check_type);
const events = async (id: string) =>
  (await ws.api('GET', '/api/events?limit=1000')).body.data
    .filter((e: { customer_id: string }) => e.customer_id === id)
    .map((e: { type: string }) => e.type)
    .filter((type: string) => type.includes('.vat_'));

describe('an override', () => {
  it('makes a customer MANUAL, with who, why and until when', async () => {
    const { id } = await withNumber();
    await program.settle();
    const answer = await override(id, { reason: ' letter of the tax office ', ttl_days: 10 });
    expect([answer.status, answer.body.data.vat_validation_status]).toEqual([200, 'MANUAL']);
    const [row] = await evidenceOf(ws, id);
    expect(row).toMatchObject({
      provider: 'manual',
      check_type: 'override',
      verdict: null,
      reason: 'letter of the tax office',
      consultation_number: null,
      actor_id: expect.any(String),
    });
    expect(Date.parse(row.expires_at) - Date.parse(row.checked_at)).toBe(10 * DAY);
    expect(await events(id)).toEqual([
      'customer.vat_status_changed',
      'customer.vat_override_set',
      'customer.vat_status_changed',
    ]);
  });

  it('repeated by PUT gets the new reason and end, by the settings unless told', async () => {
    const own = await billingWorkspace(program);
    await own.bill('PATCH', '/settings', { 'verification.vat.manual_ttl_days': '5' });
    const { id } = await withNumber(freshNumber(), own);
    const put = (body: object) => own.bill('PUT', manual(id), body);
    expect((await put({ reason: 'one' })).status).toBe(200);
    const until = new Date(Date.now() + 3 * DAY).toISOString();
    expect((await put({ reason: 'two', expires_at: until })).status).toBe(200);
    const rows = await evidenceOf(own, id);
    expect(rows[0]).toMatchObject({ reason: 'two', expires_at: until });
    expect(Date.parse(rows[1].expires_at) - Date.parse(rows[1].checked_at)).toBe(5 * DAY);
    expect(await statusOf(own, id)).toBe('MANUAL');
  });

  it.each([
    [{}, 'reason'],
    [{ reason: '  ' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
    [{ reason: 'x', ttl_days: 0 }, 'ttl_days'],
    [{ reason: 'x', ttl_days: 366 }, 'ttl_days'],
    [{ reason: 'x', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ reason: 'x', expires_at: 'tomorrow' }, 'expires_at'],
    [{ reason: 'x', expires_at: '2999-01-01T00:00:00Z', ttl_days: 1 }, 'expires_at'],
  ])('is refused for %j', async (body, field) => {
    const { id } = await newCustomer(ws);
    expect(problem(await override(id, body))).toEqual([400, 'VALIDATION_ERROR', field]);
    expect(await statusOf(ws, id)).toBe('UNVALIDATED');
  });

  it('stays through changes of the customer, and no check replaces it by itself', async () => {
    const { id } = await withNumber();
    await override(id, { reason: 'x' });
    await program.settle();
    const body = { tax_identifiers: { eu_vat: freshNumber() }, auto_validate_vat: true };
    const changed = await ws.bill('PATCH', `/customers/${id}`, body);
    expect(changed.body.data.vat_validation_status).toBe('MANUAL');
    await program.settle();
    expect(await statusOf(ws, id)).toBe('MANUAL');
  });

  it('is taken back to UNVALIDATED, and taking back what is not there changes nothing', async () => {
    const { id } = await withNumber();
    await program.settle();
    const idle = await clear(id);
    expect([idle.status, idle.body.data.vat_validation_status]).toEqual([200, 'VALID']);
    await override(id, { reason: 'x' });
    expect((await clear(id)).body.data.vat_validation_status).toBe('UNVALIDATED');
    expect((await clear(id)).body.data.vat_validation_status).toBe('UNVALIDATED');
    expect(await types(id)).toEqual(['override_cleared', 'override', 'automatic']);
    expect((await events(id)).slice(-2).sort()).toEqual([
      'customer.vat_override_cleared',
      'customer.vat_status_changed',
    ]);
    await program.job('recheck_vat');
    await program.settle();
    expect(await statusOf(ws, id)).toBe('UNVALIDATED');
  });

  it('ends with its time, and the number is checked', async () => {
    const { id } = await withNumber();
    await override(id, { reason: 'x', ttl_days: 1 });
    await program.job('recheck_vat');
    expect(await statusOf(ws, id)).toBe('MANUAL');
    await age(program, id, '25 hours');
    await program.job('recheck_vat');
    expect(await statusOf(ws, id)).toBe('PENDING');
    await program.settle();
    expect(await statusOf(ws, id)).toBe('VALID');
    expect(await types(id)).toEqual(['recheck', 'override']);
  });

  it('ends with its time even where nothing is checked', async () => {
    const { id } = await newCustomer(ws);
    await override(id, { reason: 'x', ttl_days: 1 });
    await age(program, id, '25 hours');
    await program.job('recheck_vat');
    expect(await statusOf(ws, id)).toBe('UNVALIDATED');
  });
});

describe('a valid number', () => {
  it('is checked again after the interval of its workspace', async () => {
    const { id } = await withNumber();
    await program.settle();
    await age(program, id, '10 days');
    await program.job('recheck_vat');
    expect(await statusOf(ws, id)).toBe('VALID');
    await ws.bill('PATCH', '/settings', { 'verification.vat.recheck_interval': '48h' });
    await program.job('recheck_vat');
    await ws.bill('PATCH', '/settings', { 'verification.vat.recheck_interval': null });
    expect(await statusOf(ws, id)).toBe('PENDING');
    await program.settle();
    expect(await statusOf(ws, id)).toBe('VALID');
    expect(await types(id)).toEqual(['recheck', 'automatic']);
  });

  it('stays as it is where the workspace checks nothing', async () => {
    const own = await billingWorkspace(program);
    const { id } = await withNumber(freshNumber(), own);
    await program.settle();
    await own.bill('PATCH', '/settings', { 'verification.vat.enabled': 'false' });
    await age(program, id, '1 year');
    await program.job('recheck_vat');
    expect(await statusOf(own, id)).toBe('VALID');
  });
});

describe('the maintenance window', () => {
  const clock = (at: number) => new Date(at).toISOString().slice(11, 16);

  it('holds checks back until it is over', async () => {
    const own = await billingWorkspace(program);
    const now = Date.now();
    const window = { start: clock(now - 3_600_000), end: clock(now + 3_600_000), tz: 'UTC' };
    const set = (value: string | null) =>
      own.bill('PATCH', '/settings', { 'verification.vat.maintenance_window': value });
    await set(JSON.stringify(window));
    const { id } = await withNumber(freshNumber(), own);
    const before = stand.seen.requests;
    await program.settle();
    const refused = await verify(id, own);
    expect(problem(refused)).toEqual([503, 'VIES_MAINTENANCE_WINDOW']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3_000);
    expect(seconds).toBeLessThanOrEqual(3_660);
    expect([stand.seen.requests, await evidenceOf(own, id)]).toEqual([before, []]);
    const [job] = await program.database.owner<{ seconds: number }>(
      'select extract(epoch from run_at - now()) as seconds from jobs where customer_id = $1',
      [id],
    );
    expect(Number(job?.seconds)).toBeGreaterThan(3_000);
    await set(null);
    await nextChecks(program);
    expect(await statusOf(own, id)).toBe('VALID');
  });

  it.each([
    ['2026-01-10T22:29:00Z', '{"start":"23:30","end":"02:00","tz":"Europe/Berlin"}', 0],
    ['2026-01-10T22:30:00Z', '{"start":"23:30","end":"02:00","tz":"Europe/Berlin"}', 9_000],
    ['2026-01-11T00:59:59Z', '{"start":"23:30","end":"02:00","tz":"Europe/Berlin"}', 1],
    ['2026-01-11T01:00:00Z', '{"start":"23:30","end":"02:00","tz":"Europe/Berlin"}', 0],
    ['2026-07-10T21:30:00Z', '{"start":"23:30","end":"02:00","tz":"Europe/Berlin"}', 9_000],
    ['2026-01-10T12:00:00Z', '{"start":"11:00","end":"13:00"}', 3_600],
    ['2026-01-10T12:00:00Z', 'null', 0],
  ])('at %s in %s has %i seconds left', (at, window, left) => {
    expect(secondsLeft(readDailyWindow(window) ?? null, new Date(at))).toBe(left);
  });
});

describe('evidence', () => {
  it('tells what was known at a time, in pages', async () => {
    const number = freshNumber();
    const { id } = await withNumber(number);
    await program.settle();
    const between = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    stand.outcomes.set(number, '200');
    await verify(id);
    const verdicts = async (query: string) =>
      (await evidenceOf(ws, id, query)).map((r: { verdict: string }) => r.verdict);
    expect(await verdicts('')).toEqual(['invalid', 'valid']);
    expect(await verdicts(`?as_of=${between}`)).toEqual(['valid']);
    expect(await verdicts('?as_of=2020-01-01T00:00:00Z')).toEqual([]);
    const path = `/customers/${id}/vat-validations?limit=1`;
    const first = (await ws.bill('GET', path)).body;
    expect([first.data[0].verdict, first.pagination.has_more]).toEqual(['invalid', true]);
    const next = `${path}&cursor=${first.pagination.next_cursor}`;
    expect((await ws.bill('GET', next)).body).toMatchObject({
      data: [{ verdict: 'valid' }],
      pagination: { next_cursor: null, has_more: false, limit: 1 },
    });
    const get = async (query: string) =>
      problem(await ws.bill('GET', `/customers/${id}/vat-validations${query}`));
    expect(await get('?as_of=yesterday')).toEqual([400, 'VALIDATION_ERROR', 'as_of']);
    expect(await get(`?as_of=${between}&cursor=${first.pagination.next_cursor}`)).toEqual([
      400,
      'VALIDATION_ERROR',
      'cursor',
    ]);
    const nobody = '/customers/00000000-0000-4000-8000-000000000000/vat-validations';
    expect(problem(await ws.bill('GET', nobody))).toEqual([404, 'NOT_FOUND']);
  });

  it('cannot be changed or removed by the program', async () => {
    const rights = await program.database.owner<{ may: string }>(
      `select privilege_type || ' ' || column_name as may from information_schema.column_privileges
       where table_schema = 'clientele' and table_name = 'vat_validations'
         and grantee like 'clientele%' and privilege_type not in ('SELECT', 'INSERT')
       union all
       select privilege_type || ' ' || table_name from information_schema.table_privileges
       where table_schema = 'clientele' and table_name like 'vat_validation%'
         and grantee like 'clientele%' and privilege_type in ('DELETE', 'TRUNCATE')`,
    );
    expect(rights).toEqual([]);
  });

  it('outlives the erasure of its customer, without the person (T41)', async () => {
    const number = freshNumber();
    stand.named = { name: 'CANARYNAME', address: 'CANARYSTREET 1' };
    const { id } = await withNumber(number);
    await program.settle();
    await override(id, { reason: 'CANARYREASON' });
    stand.named = { name: 'ACME GMBH', address: '---' };
    const digests = () =>
      program.database.owner<{ d: string }>(
        `select encode(personal_digest, 'hex') as d from vat_validations
         where customer_id = $1 order by seq`,
        [id],
      );
    const before = await digests();
    expect((await ws.api('DELETE', `/api/customers/${id}?anonymize=true`)).status).toBe(204);
    const rows = await evidenceOf(ws, id);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      verdict: 'valid',
      vat_number: number.slice(2),
      consultation_number: expect.stringMatching(/^WAPI/),
      name: null,
      address: null,
    });
    expect(rows[0]).toMatchObject({ check_type: 'override', reason: null });
    expect(await digests()).toEqual(before);
    for (const table of [
      'vat_validations',
      'vat_validation_personal',
      'events',
      'audit_personal',
    ]) {
      const found = await program.database.owner(
        `select 1 from ${table} t where to_jsonb(t)::text like '%CANARY%'`,
      );
      expect([table, found.length]).toEqual([table, 0]);
    }
  });
});
