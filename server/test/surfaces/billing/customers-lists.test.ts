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

const eventsOf = async (id: string, type: string) =>
  (await ws.api('GET', '/api/events?limit=100&after=0')).body.data.filter(
    (e: { type: string; customer_id: string }) => e.type === type && e.customer_id === id,
  );

describe('a list', () => {
  it('goes on by its cursor, newest first, and by no cursor of another list', async () => {
    const own = await billingWorkspace(program);
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) ids.unshift((await newCustomer(own, { tags: ['t'] })).id);
    const seen: string[] = [];
    let path = '/customers?limit=3';
    for (let page = 0; page < 3; page += 1) {
      const { body } = await own.bill('GET', path);
      seen.push(...body.data.map((c: { id: string }) => c.id));
      expect(body.pagination).toEqual({
        next_cursor: page < 2 ? expect.any(String) : null,
        has_more: page < 2,
        limit: 3,
      });
      path = `/customers?limit=3&cursor=${body.pagination.next_cursor}`;
    }
    expect(seen).toEqual(ids);
    const { next_cursor } = (await own.bill('GET', '/customers?limit=1')).body.pagination;
    for (const [bad, who] of [
      [`/customers?limit=1&tags=t&cursor=${next_cursor}`, own],
      [`/customers?cursor=${next_cursor}x`, own],
      ['/customers?cursor=e30', own],
      [`/customers?cursor=${next_cursor}`, ws],
    ] as const) {
      expect(problem(await who.bill('GET', bad))).toEqual([400, 'VALIDATION_ERROR', 'cursor']);
    }
  });

  it('is narrowed by any of the statuses and all of the tags', async () => {
    const own = await billingWorkspace(program);
    const make = async (tags: string[], status?: string) => {
      const { id } = await newCustomer(own, { tags });
      if (status !== undefined) await own.bill('PATCH', `/customers/${id}`, { status });
      return id;
    };
    const both = await make(['a', 'b']);
    const first = await make(['a']);
    const off = await make(['a', 'b'], 'INACTIVE');
    const list = async (query: string) =>
      (await own.bill('GET', `/customers?${query}`)).body.data.map((c: { id: string }) => c.id);
    expect(await list('tags=a')).toEqual([off, first, both]);
    expect(await list('tags=a,b')).toEqual([off, both]);
    expect(await list('tags=b&tags=a&status=ACTIVE')).toEqual([both]);
    expect(await list('status=INACTIVE,SUSPENDED')).toEqual([off]);
    expect(await list('tags=c')).toEqual([]);
    await own.bill('PATCH', `/customers/${both}`, { tags: ['c'] });
    expect(await list('tags=a,b')).toEqual([off]);
    expect(await list('tags=c')).toEqual([both]);
    await own.api('DELETE', `/api/customers/${both}`);
    expect(await list('tags=c')).toEqual([]);
    expect(problem(await own.bill('GET', '/customers?status=GONE'))).toEqual([
      400,
      'VALIDATION_ERROR',
      'status',
    ]);
  });
});

describe('an accounting decision', () => {
  it('changes the mode with a reason, and moves no money (C6)', async () => {
    const { id, walletId } = await newCustomer(ws);
    await ws.bill('POST', `/wallets/${walletId}/credit`, { amount: '5' });
    const change = (body: unknown) => ws.bill('POST', `/customers/${id}/mode`, body);
    expect(problem(await change({ mode: 'POSTPAID' }))).toEqual([
      400,
      'VALIDATION_ERROR',
      'reason',
    ]);
    expect(problem(await change({ mode: 'POSTPAID', reason: ' ' })).slice(0, 2)).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
    const done = await change({ mode: 'POSTPAID', reason: 'contract signed' });
    expect([done.status, done.body.data.mode]).toEqual([200, 'POSTPAID']);
    const wallet = (await ws.bill('GET', `/wallets/${walletId}`)).body.data;
    expect([wallet.mode, wallet.cash_balance.value]).toEqual(['POSTPAID', '5.00']);
    await change({ mode: 'POSTPAID', reason: 'again' });
    const events = await eventsOf(id, 'customer.mode_changed');
    expect(events.map((e: { data: object }) => e.data)).toEqual([
      {
        customer_id: id,
        from: 'PREPAID',
        to: 'POSTPAID',
        reason: 'contract signed',
        actor: expect.any(String),
      },
    ]);
    await ws.bill('POST', `/wallets/${walletId}/debit`, { amount: '8' });
    await change({ mode: 'PREPAID', reason: 'back' });
    const refused = await ws.bill('POST', `/wallets/${walletId}/debit`, { amount: '1' });
    expect(problem(refused)).toEqual([422, 'INSUFFICIENT_FUNDS']);
  });

  it('changes the type, and hints at invoices that may need correcting (C6)', async () => {
    const inEu = await newCustomer(ws, { billing_address: { country: 'DE' } });
    const outside = await newCustomer(ws, { billing_address: { country: 'US' } });
    const change = (id: string, customer_type: string) =>
      ws.bill('POST', `/customers/${id}/type`, { customer_type, reason: 'asked' });
    expect((await change(inEu.id, 'company')).body.data.customer_type).toBe('BUSINESS');
    await change(inEu.id, 'CONSUMER');
    await change(inEu.id, 'BUSINESS');
    await change(outside.id, 'BUSINESS');
    const hints = async (id: string) =>
      (await eventsOf(id, 'customer.type_changed')).map(
        (e: { data: { corrective_invoice_candidate: boolean } }) =>
          e.data.corrective_invoice_candidate,
      );
    expect(await hints(inEu.id)).toEqual([true, false, false]);
    expect(await hints(outside.id)).toEqual([false]);
    const audit = await program.root('GET', `/admin/v1/audit?customer_id=${inEu.id}&limit=1`);
    expect(audit.text).toContain('asked');
  });

  it('chooses providers, and nothing else', async () => {
    const { id } = await newCustomer(ws);
    const change = (body: unknown) => ws.bill('PATCH', `/customers/${id}/payment-providers`, body);
    const done = await change({
      preferred_provider: 'adyen',
      disabled_providers: ['stripe'],
      name: 'x',
    });
    expect(done.body.data).toMatchObject({
      preferred_provider: 'adyen',
      disabled_providers: ['stripe'],
    });
    expect(done.body.data.name).not.toBe('x');
    expect((await change({ preferred_provider: null })).body.data).toMatchObject({
      preferred_provider: null,
      disabled_providers: ['stripe'],
    });
    expect(problem(await change({ preferred_provider: 'stripe' })).slice(0, 2)).toEqual([
      422,
      'BUSINESS_RULE_VIOLATION',
    ]);
    expect(problem(await change({})).slice(0, 2)).toEqual([400, 'VALIDATION_ERROR']);
    expect(problem(await change({ disabled_providers: ['bank'] })).slice(0, 2)).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
  });
});
