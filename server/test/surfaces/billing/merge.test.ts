import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer, problem } from './billing-kit.ts';
import { balances, credit, merged, preview, sound } from './merge-kit.ts';

let program: TestProgram;
let ws: BillingWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await billingWorkspace(program);
});
afterAll(() => program.close());

const customerOf = async (id: string) => (await ws.bill('GET', `/customers/${id}`)).body.data;
const NOTHING = {
  subscriptions_count: 0,
  invoices_count: 0,
  payment_methods_count: 0,
  usage_events_count: 0,
  promotion_redemptions_count: 0,
  customer_scoped_prices_count: 0,
  wallets_moved_count: 0,
  wallets_merged_count: 0,
};

describe('the fields of the survivor', () => {
  const source = {
    name: 'Source',
    email: 'source@example.com',
    locale: 'fr',
    customer_type: 'UNKNOWN',
    payment_terms_days: 60,
    tags: ['b', 'c'],
    metadata: { a: 'source', s: 1 },
    tax_identifiers: { us_ein: '12-3456789' },
  };
  const target = {
    name: 'Target',
    email: 'target@example.com',
    locale: null,
    customer_type: 'BUSINESS',
    payment_terms_days: 30,
    tags: ['a', 'b'],
    metadata: { a: 'target', t: 2 },
    tax_identifiers: { ch_uid: 'CHE-100.155.212' },
  };
  it.each([
    {
      strategy: undefined,
      expected: { name: 'Target', locale: null, payment_terms_days: 30, metadata: { a: 'target' } },
      email: 'target',
      tags: ['a', 'b', 'c'],
    },
    {
      strategy: 'keep_source',
      expected: { name: 'Source', locale: 'fr', payment_terms_days: 60, metadata: { a: 'source' } },
      email: 'source',
      tags: ['b', 'c', 'a'],
    },
    {
      strategy: 'Fill_Missing',
      expected: { name: 'Target', locale: 'fr', payment_terms_days: 30, metadata: { a: 'target' } },
      email: 'target',
      tags: ['a', 'b', 'c'],
    },
  ])('are settled by $strategy, and collections are united', async (one) => {
    const own = (email: string) => ({ email: `${one.strategy}-${email}`.toLowerCase() });
    const a = await newCustomer(ws, { ...source, ...own(source.email) });
    const b = await newCustomer(ws, { ...target, ...own(target.email) });
    const foreseen = (await preview(ws, a.id, b.id, one.strategy)).body.data;
    await merged(ws, a.id, b.id, one.strategy);
    const after = await customerOf(b.id);
    const { metadata, ...plain } = one.expected;
    expect(after).toMatchObject({
      ...plain,
      ...own(`${one.email}@example.com`),
      customer_type: 'BUSINESS',
      tags: one.tags,
      metadata: { ...metadata, s: 1, t: 2 },
      tax_identifiers: { us_ein: '12-3456789', ch_uid: 'CHE-100.155.212' },
      status: 'ACTIVE',
    });
    for (const { field, value } of foreseen.fields) {
      if (field in after) expect([field, after[field]]).toEqual([field, value]);
    }
    const from = Object.fromEntries(
      foreseen.fields.map((f: { field: string; from: string }) => [f.field, f.from]),
    );
    expect([from.email, from.metadata, from.customer_type]).toEqual([one.email, 'both', 'target']);
  });

  it('contradict each other nowhere', async () => {
    const a = await newCustomer(ws, {
      ...{ disabled_providers: ['stripe'], vat_validation_disabled: false },
    });
    const b = await newCustomer(ws, {
      ...{ preferred_provider: 'stripe', vat_validation_disabled: true },
      vat_validation_disabled_reason: 'told so',
    });
    await merged(ws, a.id, b.id, 'KEEP_SOURCE');
    expect(await customerOf(b.id)).toMatchObject({
      ...{ disabled_providers: ['stripe'], preferred_provider: null },
      ...{ vat_validation_disabled: false, vat_validation_disabled_reason: null },
    });
  });

  it('take over an external id where the survivor has none', async () => {
    const [a, b] = [await newCustomer(ws, { external_id: 'ext-a' }), await newCustomer(ws)];
    const c = await newCustomer(ws, { external_id: 'ext-c' });
    await merged(ws, a.id, b.id);
    expect((await customerOf(b.id)).external_id).toBe('ext-a');
    await merged(ws, c.id, b.id);
    expect((await customerOf(b.id)).external_id).toBe('ext-a');
    const again = await ws.bill('POST', '/customers', { name: 'Free', external_id: 'ext-c' });
    expect(again.status).toBe(201);
  });
});

describe('what points at the source', () => {
  it('points at the survivor, counted truthfully', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws)];
    const record = (id: string, kind: string, external_id: string, metadata = {}) =>
      ws.bill('POST', `/customers/${id}/records`, { kind, external_id, metadata });
    for (const n of [1, 2, 3]) await record(a.id, 'invoice', `re-${n}`);
    await record(a.id, 'price', 're-1');
    await record(a.id, 'price', 're-2', { scope: 'gold' });
    await record(b.id, 'price', 're-3', { scope: 'gold' });
    await record(a.id, 'promotion_redemption', 're-1', { scope: 'spring' });
    const { body: meter } = await ws.api('POST', '/api/meters/', {
      ...{ name: 'calls', aggregation: { type: 'count' } },
    });
    const used = (customer_id: string) => ({ name: 'call', customer_id });
    await ws.api('POST', '/api/events/ingest', {
      events: [used(a.id), used(a.id), used(b.id)],
    });
    await ws.api('POST', `/api/customers/${a.id}/meters/${meter.id}/credits`, { units: 10 });
    const { id, ...result } = await merged(ws, a.id, b.id);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(result).toEqual({
      ...NOTHING,
      source_customer_id: a.id,
      target_customer_id: b.id,
      invoices_count: 3,
      usage_events_count: 2,
      promotion_redemptions_count: 1,
      customer_scoped_prices_count: 1,
      wallets_merged_count: 1,
    });
    const records = (await ws.bill('GET', `/customers/${b.id}/records`)).body.data;
    expect(records).toHaveLength(6);
    const left = (await ws.bill('GET', `/customers/${a.id}/records`)).body.data;
    expect(left.map((r: { external_id: string }) => r.external_id)).toEqual(['re-2']);
    const { active_meters } = (await ws.api('GET', `/api/customers/${b.id}/state`)).body;
    expect(active_meters[0]).toMatchObject({ consumed_units: 3, credited_units: 10, balance: 7 });
  });

  it('leaves one owner, everybody once by e-mail, and no session', async () => {
    const team = async (name: string) => {
      const { body } = await ws.api('POST', '/api/customers/', {
        ...{ email: `${name}@team.example`, type: 'team' },
        owner: { external_id: 'owner' },
      });
      const add = (email: string, external_id?: string) =>
        ws.api('POST', '/api/members/', { customer_id: body.id, email, external_id });
      return { id: body.id as string, add };
    };
    const [a, b] = [await team('a'), await team('b')];
    await a.add('Shared@team.example');
    await b.add('shared@team.example');
    await a.add('only-a@team.example', 'kept');
    const { body: session } = await ws.api('POST', '/api/customer-sessions/', {
      ...{ customer_id: a.id, external_member_id: 'owner' },
    });
    const portal = () =>
      call(program.url, 'GET', '/api/customer-portal/customers/me', { token: session.token });
    expect((await portal()).status).toBe(200);
    await merged(ws, a.id, b.id);
    expect((await portal()).status).toBe(401);
    const { data } = (await ws.api('GET', `/api/members/?customer_id=${b.id}`)).body;
    type Row = { email: string; role: string; external_id: string | null };
    expect(data.map((m: Row) => [m.email, m.role, m.external_id]).sort()).toEqual([
      ['a@team.example', 'billing_manager', null],
      ['b@team.example', 'owner', 'owner'],
      ['only-a@team.example', 'member', 'kept'],
      ['shared@team.example', 'member', null],
    ]);
    expect((await ws.api('GET', `/api/members/?customer_id=${a.id}`)).body.data).toEqual([]);
  });
});

describe('wallets', () => {
  it('move where the survivor has none of their currency, else their money is folded', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws, { mode: 'POSTPAID' })];
    const usd = (
      await ws.bill('POST', '/wallets', { customer_id: a.id, currency: 'USD', max_balance: '50' })
    ).body.data.id;
    await credit(ws, a.walletId, '10');
    await credit(ws, a.walletId, '5', {
      balance: 'promotional',
      expires_at: '2090-01-01T00:00:00Z',
    });
    await credit(ws, b.walletId, '2', {
      balance: 'promotional',
      expires_at: '2080-01-01T00:00:00Z',
    });
    await credit(ws, b.walletId, '1');
    await credit(ws, usd, '20');
    const { hold } = (await ws.bill('POST', `/wallets/${a.walletId}/holds`, { amount: '4' })).body
      .data;
    const foreseen = (await preview(ws, a.id, b.id)).body.data;
    const money = (value: string, currency: string) => ({ value, currency });
    const side = (c: string, cash: string, promotional: string, held: string) => ({
      ...{ cash: money(cash, c), promotional: money(promotional, c), held: money(held, c) },
    });
    expect(foreseen.balances).toEqual([
      {
        currency: 'EUR',
        source: side('EUR', '10.00', '5.00', '4.00'),
        target: side('EUR', '1.00', '2.00', '0.00'),
        result: side('EUR', '11.00', '7.00', '4.00'),
      },
      {
        currency: 'USD',
        source: side('USD', '20.00', '0.00', '0.00'),
        target: null,
        result: side('USD', '20.00', '0.00', '0.00'),
      },
    ]);
    const result = await merged(ws, a.id, b.id);
    expect([result.wallets_moved_count, result.wallets_merged_count]).toEqual([1, 1]);
    expect(await balances(ws, b.id)).toEqual({ EUR: '11.00 7.00 4.00', USD: '20.00 0.00 0.00' });
    expect(await balances(ws, a.id)).toEqual({});
    const kept = (await ws.bill('GET', `/wallets/${b.walletId}`)).body.data;
    expect(kept.promotional_balance_expires_at).toBe('2080-01-01T00:00:00.000Z');
    expect(kept.is_primary).toBe(true);
    const moved = (await ws.bill('GET', `/wallets/${usd}`)).body.data;
    expect(moved).toMatchObject({ customer_id: b.id, is_primary: false, mode: 'POSTPAID' });
    expect(moved.max_balance).toEqual(money('50.00', 'USD'));
    const closed = await ws.bill('POST', `/wallets/${a.walletId}/debit`, { amount: '1' });
    expect(problem(closed)).toEqual([404, 'NOT_FOUND']);
    const entries = (await ws.bill('GET', `/wallets/${b.walletId}/transactions`)).body.data;
    expect(entries[0]).toMatchObject({
      kind: 'merge_in',
      counter_account: 'merge',
      related_id: a.walletId,
      cash: money('10.00', 'EUR'),
      held: money('4.00', 'EUR'),
    });
    const spent = await ws.bill('POST', `/wallets/${b.walletId}/holds/${hold.id}/capture`, {});
    expect(spent.status).toBe(200);
    expect(await balances(ws, b.id)).toMatchObject({ EUR: '11.00 3.00 0.00' });
    await sound(program);
  });

  it('carry a debt along, and no promotional money that has ended', async () => {
    const [a, b] = [await newCustomer(ws, { mode: 'POSTPAID' }), await newCustomer(ws)];
    await credit(ws, b.walletId, '3');
    await ws.bill('POST', `/wallets/${a.walletId}/debit`, { amount: '10' });
    const soon = new Date(Date.now() + 50).toISOString();
    await credit(ws, a.walletId, '5', { balance: 'promotional', expires_at: soon });
    while (Date.now() < Date.parse(soon) + 20) await new Promise((r) => setTimeout(r, 10));
    await merged(ws, a.id, b.id);
    expect(await balances(ws, b.id)).toEqual({ EUR: '-7.00 0.00 0.00' });
    const refused = await ws.bill('POST', `/wallets/${b.walletId}/debit`, { amount: '1' });
    expect(problem(refused)).toEqual([422, 'INSUFFICIENT_FUNDS']);
    await sound(program);
  });
});
