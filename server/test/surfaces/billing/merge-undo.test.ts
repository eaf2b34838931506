import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';
import { balances, credit, merged, sound, state, undo } from './merge-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

/** Undoes a merge. Out: what could not be returned. */
async function undone(id: string) {
  const answer = await undo(ws, id);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body.data.exceptions as { kind: string; id: string; detail: string }[];
}
const debit = (wallet: string, amount: string) =>
  ws.bill('POST', `/wallets/${wallet}/debit`, { amount });
const hold = async (wallet: string, amount: string) =>
  (await ws.bill('POST', `/wallets/${wallet}/holds`, { amount })).body.data.hold.id as string;
const update = (id: string, body: object) => ws.bill('PATCH', `/customers/${id}`, body);

/** A customer with one of everything that a merge touches. */
async function furnished(name: string, more: object = {}) {
  const made = await newCustomer(ws, {
    name,
    email: `${name}-${randomUUID()}@undo.example`,
    external_id: `${name}-${randomUUID()}`,
    tags: ['both', name],
    metadata: { both: name, [name]: true },
    ...more,
  });
  await credit(ws, made.walletId, '10');
  await credit(ws, made.walletId, '4', {
    ...{ balance: 'promotional', expires_at: `20${name.length + 80}-01-01T00:00:00Z` },
  });
  await hold(made.walletId, '3');
  const usd = { customer_id: made.id, currency: name === 'first' ? 'USD' : 'GBP' };
  const second = (await ws.bill('POST', '/wallets', usd)).body.data.id as string;
  await credit(ws, second, '7');
  for (const kind of ['invoice', 'price', 'promotion_redemption']) {
    const record = { kind, external_id: randomUUID(), amount: '5', metadata: { of: name } };
    await ws.bill('POST', `/customers/${made.id}/records`, record);
  }
  await ws.api('POST', '/api/members/', {
    ...{ customer_id: made.id, email: `member-${name}@undo.example`, external_id: 'seat-1' },
  });
  await ws.api('POST', '/api/members/', {
    ...{ customer_id: made.id, email: 'shared@undo.example', role: 'billing_manager' },
  });
  await ws.api('POST', '/api/events/ingest', {
    events: [{ name: 'call', customer_id: made.id }],
  });
  return { ...made, second };
}

describe('undoing a merge', () => {
  beforeAll(async () => {
    const meter = { name: 'calls', aggregation: { type: 'count' } };
    await ws.api('POST', '/api/meters/', meter);
  });

  it.each(['KEEP_TARGET', 'KEEP_SOURCE', 'FILL_MISSING'])(
    'brings both customers back as they were (%s)',
    async (strategy) => {
      const [a, b] = [await furnished('first', { locale: 'de' }), await furnished('second')];
      const before = [await state(ws, a.id), await state(ws, b.id)];
      const { id } = await merged(ws, a.id, b.id, strategy);
      expect(await state(ws, b.id)).not.toEqual(before[1]);
      expect(await undone(id)).toEqual([]);
      expect([await state(ws, a.id), await state(ws, b.id)]).toEqual(before);
      await sound(program);
      expect((await ws.api('GET', `/api/customers/${a.id}`)).status).toBe(200);
      expect((await debit(a.walletId, '1')).status).toBe(201);
    },
  );

  it('keeps with the survivor what happened since', async () => {
    const [a, b] = [await furnished('first'), await furnished('second')];
    const source = await state(ws, a.id);
    const { id } = await merged(ws, a.id, b.id);
    await credit(ws, b.walletId, '100');
    await debit(b.walletId, '2');
    await credit(ws, a.second, '50');
    await hold(a.second, '6');
    await update(b.id, { name: 'Changed', tags: ['both', 'first', 'second', 'new'] });
    const late = { kind: 'invoice', external_id: randomUUID() };
    await ws.bill('POST', `/customers/${b.id}/records`, late);
    expect(await undone(id)).toEqual([]);
    expect(await state(ws, a.id)).toEqual(source);
    // The wallet that had moved went back; what came into it since is in one of its own.
    expect(await balances(ws, b.id)).toEqual({
      EUR: '110.00 2.00 3.00',
      GBP: '7.00 0.00 0.00',
      USD: '50.00 0.00 6.00',
    });
    const { customer, records } = await state(ws, b.id);
    expect(customer).toMatchObject({ name: 'Changed', tags: ['both', 'second', 'new'] });
    expect(records.map((r) => r.external_id)).toContain(late.external_id);
    await sound(program);
  });

  it('returns as much money as is left, and tells what is missing', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    await credit(ws, a.walletId, '10');
    await credit(ws, b.walletId, '5');
    const kept = await hold(a.walletId, '4');
    const spent = await hold(a.walletId, '1');
    const usd = (await ws.bill('POST', '/wallets', { customer_id: a.id, currency: 'USD' })).body
      .data.id;
    await credit(ws, usd, '8');
    const { id } = await merged(ws, a.id, b.id);
    await ws.bill('POST', `/wallets/${b.walletId}/holds/${spent}/capture`, {});
    expect((await debit(b.walletId, '8')).status).toBe(201);
    expect((await debit(usd, '3')).status).toBe(201);
    const exceptions = await undone(id);
    // 15 less 1 and 8: six are left, of which the pending hold takes four.
    expect(await balances(ws, a.id)).toEqual({ EUR: '6.00 0.00 4.00', USD: '5.00 0.00 0.00' });
    expect(await balances(ws, b.id)).toEqual({ EUR: '0.00 0.00 0.00' });
    expect(exceptions.map((e) => [e.kind, e.id]).sort()).toEqual(
      [
        ['wallet', a.walletId],
        ['wallet', usd],
        ['wallet_holds', spent],
      ].sort(),
    );
    expect(exceptions.find((e) => e.id === a.walletId)?.detail).toContain('4.00 EUR');
    const captured = await ws.bill('POST', `/wallets/${a.walletId}/holds/${kept}/capture`, {});
    expect(captured.status).toBe(200);
    await sound(program);
  });

  it('leaves a hold with the survivor where too little is left to cover it', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    await credit(ws, a.walletId, '10');
    const first = await hold(a.walletId, '3');
    const other = await hold(a.walletId, '5');
    const { id } = await merged(ws, a.id, b.id);
    expect((await debit(b.walletId, '2')).status).toBe(201);
    await ws.bill('POST', `/wallets/${b.walletId}/holds/${first}/release`, {});
    expect((await debit(b.walletId, '3')).status).toBe(201);
    const exceptions = await undone(id);
    expect(exceptions.map((e) => e.id)).toContain(first);
    expect(exceptions.map((e) => e.id)).not.toContain(other);
    expect(await balances(ws, a.id)).toEqual({ EUR: '5.00 0.00 5.00' });
    await sound(program);
  });

  it('returns a debt whole', async () => {
    const [a, b] = [await newCustomer(ws, { mode: 'POSTPAID' }), await newCustomer(ws)];
    await debit(a.walletId, '10');
    const { id } = await merged(ws, a.id, b.id);
    expect(await undone(id)).toEqual([]);
    expect(await balances(ws, a.id)).toEqual({ EUR: '-10.00 0.00 0.00' });
    expect(await balances(ws, b.id)).toEqual({ EUR: '0.00 0.00 0.00' });
    await sound(program);
  });

  it('keeps fields and names that somebody changed or took since', async () => {
    const email = `${randomUUID()}@undo.example`;
    const a = await newCustomer(ws, {
      email,
      external_id: 'taken-since',
      metadata: { x: 1, y: 1 },
    });
    const b = await newCustomer(ws, { external_id: 'own', metadata: { x: 0 } });
    const { id } = await merged(ws, a.id, b.id, 'KEEP_SOURCE');
    await update(b.id, { metadata: { x: 2, y: 1 }, email: `moved-${email}` });
    await ws.bill('POST', '/customers', { name: 'New', email, external_id: 'taken-since' });
    const exceptions = await undone(id);
    expect(exceptions.map((e) => [e.kind, e.id]).sort()).toEqual([
      ['field', 'email'],
      ['field', 'email'],
      ['field', 'external_id'],
      ['field', 'metadata.x'],
    ]);
    const [source, target] = [await state(ws, a.id), await state(ws, b.id)];
    expect(source.customer).toMatchObject({ email: null, external_id: null, status: 'ACTIVE' });
    expect(target.customer).toMatchObject({ metadata: { x: 2 }, email: `moved-${email}` });
  });

  it('gives each team one owner, whatever became of its members', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const owner = async (id: string) =>
      (await ws.api('GET', `/api/members/?customer_id=${id}&role=owner`)).body.data;
    const [own] = await owner(a.id);
    const { id } = await merged(ws, a.id, b.id);
    await ws.api('PATCH', `/api/members/${own.id}`, { role: 'owner' });
    const exceptions = await undone(id);
    expect(exceptions.map((e) => [e.kind, e.id])).toEqual([['members', own.id]]);
    expect((await owner(b.id)).map((m: { id: string }) => m.id)).toEqual([own.id]);
    expect(await owner(a.id)).toHaveLength(1);
  });

  it('takes chains apart from the last one on', async () => {
    const [a, b, c] = [await furnished('first'), await furnished('second'), await newCustomer(ws)];
    const before = [await state(ws, a.id), await state(ws, b.id), await state(ws, c.id)];
    const first = await merged(ws, a.id, b.id);
    const second = await merged(ws, b.id, c.id);
    expect(problem(await undo(ws, first.id))).toEqual([409, 'MERGE_NOT_UNDOABLE']);
    expect(await undone(second.id)).toEqual([]);
    const header = (await ws.api('GET', `/api/customers/${a.id}`)).headers;
    expect(header.get('clientele-merged-into')).toBe(b.id);
    expect(await undone(first.id)).toEqual([]);
    expect([await state(ws, a.id), await state(ws, b.id), await state(ws, c.id)]).toEqual(before);
    await sound(program);
  });

  it('takes merges into one survivor apart in any order', async () => {
    const [a, b, c] = [await furnished('first'), await furnished('first'), await newCustomer(ws)];
    const before = [await state(ws, a.id), await state(ws, b.id), await state(ws, c.id)];
    const first = await merged(ws, a.id, c.id);
    const second = await merged(ws, b.id, c.id);
    expect(await undone(first.id)).toEqual([]);
    expect((await state(ws, a.id)).wallets).toEqual(before[0]?.wallets);
    await undone(second.id);
    expect((await state(ws, a.id)).wallets).toEqual(before[0]?.wallets);
    expect((await state(ws, b.id)).wallets).toEqual(before[1]?.wallets);
    expect((await state(ws, b.id)).records).toEqual(before[1]?.records);
    await sound(program);
  });

  it('is told in the change log, and may be followed by another merge', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const { id } = await merged(ws, a.id, b.id);
    await undone(id);
    const { data } = (await ws.api('GET', '/api/events?limit=1000')).body;
    const event = data.findLast((e: { type: string }) => e.type === 'customer.unmerged');
    expect(event.data).toEqual({ id, source: a.id, target: b.id, exceptions: 0 });
    expect((await merged(ws, b.id, a.id)).wallets_merged_count).toBe(1);
  });
});

describe('a merge cannot be undone', () => {
  it('that was never made, or in another workspace', async () => {
    const other = await billingWorkspace(program);
    const [a, b] = [await newCustomer(other), await newCustomer(other)];
    const { id } = await merged(other, a.id, b.id);
    expect(problem(await undo(ws, id))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await undo(ws, randomUUID()))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await undo(ws, 'none'))).toEqual([400, 'VALIDATION_ERROR', 'id']);
  });

  it('twice, too late, or where the survivor was merged, deleted or erased since', async () => {
    const refused = [409, 'MERGE_NOT_UNDOABLE'];
    const make = async () => {
      const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
      return { b, ...(await merged(ws, a.id, b.id)) };
    };
    const twice = await make();
    await undone(twice.id);
    const again = await undo(ws, twice.id);
    expect(problem(again)).toEqual(refused);
    expect(again.body).toMatchObject({ entity_type: 'merge', entity_id: twice.id });
    const late = await make();
    await program.database.owner(
      `update merges set created_at = now() - interval '31 days' where id = '${late.id}'`,
    );
    expect(problem(await undo(ws, late.id))).toEqual(refused);
    const next = await make();
    await merged(ws, next.b.id, (await newCustomer(ws)).id);
    expect(problem(await undo(ws, next.id))).toEqual(refused);
    for (const query of ['', '?anonymize=true']) {
      const gone = await make();
      await ws.api('DELETE', `/api/customers/${gone.b.id}${query}`);
      expect(problem(await undo(ws, gone.id))).toEqual(refused);
    }
  });

  it('by two at once', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    await credit(ws, a.walletId, '10');
    await credit(ws, b.walletId, '10');
    const { id } = await merged(ws, a.id, b.id);
    const answers = await Promise.all(Array.from({ length: 5 }, () => undo(ws, id)));
    expect(answers.map((x) => x.status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await balances(ws, a.id)).toEqual({ EUR: '10.00 0.00 0.00' });
    await sound(program);
  });
});
