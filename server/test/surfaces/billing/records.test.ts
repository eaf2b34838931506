import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

const send = async (format: string, file: string, query = '') => {
  const answer = await ws.bill('POST', `/records/import${query}`, file, { 'content-type': format });
  const lines = answer.text.trimEnd().split('\n');
  if (answer.status !== 200) throw new Error(answer.text);
  const { summary } = JSON.parse(lines.pop() as string);
  return { verdicts: lines.map((line) => JSON.parse(line)), summary };
};
const chinook = (name: string) =>
  readFileSync(new URL(`../../../../examples/chinook/${name}`, import.meta.url), 'utf8');
const counts = (created: number, updated: number, unchanged: number, failed: number) => ({
  ...{ created, updated, unchanged, failed },
});

describe('a record', () => {
  it('is kept with its amount in the currency of its customer, and told to the change log', async () => {
    const { id } = await newCustomer(ws, { preferred_currency: 'JPY' });
    const sent = {
      kind: 'invoice',
      external_id: 'in-1',
      amount: '1200',
      occurred_at: '2026-01-31T12:00:00+01:00',
      metadata: { number: '2026-001' },
    };
    const answer = await ws.bill('POST', `/customers/${id}/records`, sent);
    expect(answer.status).toBe(201);
    expect(answer.body.data).toMatchObject({
      customer_id: id,
      kind: 'invoice',
      external_id: 'in-1',
      amount: { value: '1200', currency: 'JPY' },
      occurred_at: '2026-01-31T11:00:00.000Z',
      metadata: { number: '2026-001' },
    });
    const events = (await ws.api('GET', '/api/events?limit=100')).body.data;
    const event = events.find((e: { type: string }) => e.type === 'record.created');
    expect(event.data).toEqual({
      id: answer.body.data.id,
      customer_id: id,
      kind: 'invoice',
      external_id: 'in-1',
      amount: '1200',
      currency: 'JPY',
      occurred_at: '2026-01-31T11:00:00.000Z',
    });
  });

  it('of a kind and external id that its customer has is changed, and nothing where it is the same', async () => {
    const { id } = await newCustomer(ws);
    const path = `/customers/${id}/records`;
    const first = await ws.bill('POST', path, {
      ...{ kind: 'price', external_id: 'p-1', amount: '10', currency: 'USD' },
      metadata: { plan: 'gold' },
    });
    const again = await ws.bill('POST', path, { kind: 'price', external_id: 'p-1', amount: 12.5 });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.data).toMatchObject({
      id: first.body.data.id,
      amount: { value: '12.50', currency: 'USD' },
      metadata: { plan: 'gold' },
      occurred_at: first.body.data.occurred_at,
    });
    const same = await ws.bill('POST', path, { kind: 'price', external_id: 'p-1', amount: '12.5' });
    expect(same.text).toBe(again.text);
    expect((await ws.bill('GET', path)).body.data).toHaveLength(1);
    // Another kind is another record.
    const other = await ws.bill('POST', path, { kind: 'invoice', external_id: 'p-1' });
    expect([other.status, other.body.data.amount]).toEqual([201, null]);
  });

  it('that another customer has is refused', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const sent = { kind: 'invoice', external_id: 'taken', amount: '1' };
    const { body } = await ws.bill('POST', `/customers/${a.id}/records`, sent);
    const refused = await ws.bill('POST', `/customers/${b.id}/records`, sent);
    expect(problem(refused)).toEqual([409, 'CONFLICT']);
    expect(refused.body).toMatchObject({ entity_type: 'record', entity_id: body.data.id });
  });

  it('is refused for what is malformed, and for a customer that is not there', async () => {
    const { id } = await newCustomer(ws);
    const post = (body: object) => ws.bill('POST', `/customers/${id}/records`, body);
    const fine = { kind: 'invoice', external_id: 'x' };
    for (const [field, body] of [
      ['kind', { ...fine, kind: 'receipt' }],
      ['external_id', { kind: 'invoice' }],
      ['external_id', { ...fine, external_id: ' ' }],
      ['amount', { ...fine, amount: 'much' }],
      ['amount', { ...fine, amount: '1.001' }],
      ['amount', { ...fine, amount: '9'.repeat(25) }],
      ['currency', { ...fine, amount: '1', currency: 'XXX1' }],
      ['currency', { ...fine, amount: { value: '1', currency: 'USD' }, currency: 'EUR' }],
      ['occurred_at', { ...fine, occurred_at: 'yesterday' }],
    ] as const) {
      expect([field, problem(await post(body))]).toEqual([field, [400, 'VALIDATION_ERROR', field]]);
    }
    const nobody = '/customers/11111111-1111-4111-8111-111111111111/records';
    expect(problem(await ws.bill('POST', nobody, fine))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await ws.bill('GET', nobody))).toEqual([404, 'NOT_FOUND']);
  });

  it('is listed by cursor, the latest first, and by kind', async () => {
    const { id } = await newCustomer(ws);
    for (let day = 1; day <= 5; day += 1) {
      await ws.bill('POST', `/customers/${id}/records`, {
        kind: day % 2 === 0 ? 'invoice' : 'promotion_redemption',
        external_id: `listed-${day}`,
        occurred_at: `2026-03-0${day}T00:00:00Z`,
      });
    }
    const names = async (query: string) => {
      const { body } = await ws.bill('GET', `/customers/${id}/records?${query}`);
      return [
        body.data.map((r: { external_id: string }) => r.external_id.slice(7)).join(''),
        body.pagination.next_cursor,
      ];
    };
    const [first, cursor] = await names('limit=2');
    expect(first).toBe('54');
    expect((await names(`limit=2&cursor=${cursor}`))[0]).toBe('32');
    expect(await names('kind=invoice')).toEqual(['42', null]);
    expect(await names('kind=invoice,promotion_redemption&limit=100')).toEqual(['54321', null]);
    const wrong = await ws.bill('GET', `/customers/${id}/records?kind=receipt`);
    expect(problem(wrong)).toEqual([400, 'VALIDATION_ERROR', 'kind']);
    const forged = await ws.bill('GET', `/customers/${id}/records?kind=price&cursor=${cursor}`);
    expect(problem(forged)).toEqual([400, 'VALIDATION_ERROR', 'cursor']);
  });

  it('loses what people wrote beside it when its customer is erased, and keeps its amount', async () => {
    const { id } = await newCustomer(ws);
    const sent = {
      ...{ kind: 'invoice', external_id: 'kept', amount: '7' },
      metadata: { note: 'canary-of-a-person' },
    };
    await ws.bill('POST', `/customers/${id}/records`, sent);
    expect((await ws.api('DELETE', `/api/customers/${id}?anonymize=true`)).status).toBe(204);
    const { body } = await ws.bill('GET', `/customers/${id}/records`);
    expect(body.data[0]).toMatchObject({ external_id: 'kept', metadata: {} });
    expect(body.data[0].amount).toEqual({ value: '7.00', currency: 'EUR' });
  });
});

describe('an import of records', () => {
  it('takes the invoices of Chinook, and again without a change', async () => {
    for (let n = 1; n <= 59; n += 1) await newCustomer(ws, { external_id: String(n) });
    const [, ...rows] = chinook('invoices.csv').trimEnd().split(/\r?\n/);
    const file = [
      'external_id,customer_external_id,occurred_at,amount,currency',
      ...rows.map((row) => `${row.replace('T00:00:00,', 'T00:00:00Z,')},USD`),
    ].join('\n');
    const dry = await send('text/csv', file, '?kind=invoice&dry_run=true');
    expect(dry.summary).toEqual(counts(412, 0, 0, 0));
    expect((await send('text/csv', file, '?kind=invoice')).summary).toEqual(counts(412, 0, 0, 0));
    expect((await send('text/csv', file, '?kind=invoice')).summary).toEqual(counts(0, 0, 412, 0));
    const { body } = await ws.bill('POST', '/customers', { name: 'Two', external_id: '2' });
    const page = await ws.bill('GET', `/customers/${body.data.id}/records?limit=100`);
    expect(page.body.data).toHaveLength(7);
    expect(page.body.data.at(-1)).toMatchObject({
      external_id: '1',
      occurred_at: '2021-01-01T00:00:00.000Z',
      amount: { value: '1.98', currency: 'USD' },
    });
  });

  it('gives a verdict on each row, in CSV, NDJSON and JSON', async () => {
    const { id } = await newCustomer(ws, { external_id: 'rows', preferred_currency: 'KWD' });
    const other = await newCustomer(ws);
    const csv = [
      'kind,external_id,customer_id,customer_external_id,amount,metadata.plan',
      `invoice,r-1,${id},,1.005,gold`,
      'invoice,r-2,,rows,,',
      'invoice,r-3,,nobody,1,',
      `invoice,r-1,${other.id},,1,`,
      `invoice,,${id},,1,`,
      'invoice,r-5,,,1,',
      'receipt,r-6,,rows,1,',
      'invoice,r-7,,rows,1.0005,',
    ].join('\n');
    const { verdicts, summary } = await send('text/csv', csv);
    expect(summary).toEqual(counts(2, 0, 0, 6));
    const said = verdicts.map((v) => v.errors?.map((e: { column: string }) => e.column) ?? []);
    expect(said).toEqual([
      [],
      [],
      ['customer_external_id'],
      ['external_id'],
      ['external_id'],
      ['customer_id'],
      ['kind'],
      ['amount'],
    ]);
    const rows = [
      { kind: 'invoice', external_id: 'r-1', customer_id: id, metadata: { plan: 'silver' } },
      { kind: 'invoice', external_id: 'r-1', customer_id: id, 'metadata.seats': 5 },
      { kind: 'invoice', external_id: 'r-2', customer_id: id, amount: null },
    ];
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const changed = await send('application/x-ndjson', lines);
    expect(changed.summary).toEqual(counts(0, 2, 1, 0));
    expect((await send('application/json', JSON.stringify(rows.slice(1)))).summary).toEqual(
      counts(0, 0, 2, 0),
    );
    const { body } = await ws.bill('GET', `/customers/${id}/records`);
    const r1 = body.data.find((r: { external_id: string }) => r.external_id === 'r-1');
    expect(r1).toMatchObject({
      id: verdicts[0].id,
      amount: { value: '1.005', currency: 'KWD' },
      metadata: { plan: 'silver', seats: 5 },
    });
  });

  it('needs the scope, and a media type that it reads', async () => {
    const reader = await billingWorkspace(program, ['customers:read']);
    const refused = await reader.bill('POST', '/records/import', 'kind\n', {
      'content-type': 'text/csv',
    });
    expect(problem(refused)).toEqual([403, 'FORBIDDEN']);
    const other = await ws.bill('POST', '/records/import', 'x', { 'content-type': 'text/plain' });
    expect(other.status).toBe(415);
  });
});
