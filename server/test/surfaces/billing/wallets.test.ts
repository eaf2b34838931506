import { randomUUID } from 'node:crypto';
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

const eur = (value: string) => ({ value, currency: 'EUR' });
const post = (id: string, op: string, body: object = {}, headers?: Record<string, string>) =>
  ws.bill('POST', `/wallets/${id}/${op}`, body, headers);
const get = async (id: string) => (await ws.bill('GET', `/wallets/${id}`)).body.data;
const verify = () => program.root('GET', '/admin/v1/doctor/ledger');

describe('a wallet', () => {
  it('is made with the customer, on every surface', async () => {
    const { wallet, id } = await newCustomer(ws);
    expect(wallet).toEqual({
      id: wallet.id,
      organization_id: ws.id,
      customer_id: id,
      currency: 'EUR',
      mode: 'PREPAID',
      is_primary: true,
      cash_balance: eur('0.00'),
      promotional_balance: eur('0.00'),
      promotional_balance_expires_at: null,
      held_balance: eur('0.00'),
      available_balance: eur('0.00'),
      credit_limit: null,
      max_balance: null,
      max_single_credit: null,
      low_balance_threshold: null,
      auto_topup_enabled: false,
      auto_topup_amount: null,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const other = (await ws.api('POST', '/api/customers/', { email: 'w@example.com' })).body;
    const found = await ws.bill('GET', `/customers/${other.id}/wallet`);
    expect([found.status, found.body.data.is_primary]).toEqual([200, true]);
    const imported = await ws.api('POST', '/api/customers/import', 'email\nimp@example.com\n', {
      'content-type': 'text/csv',
    });
    const id2 = JSON.parse(imported.text.split('\n')[0] as string).id;
    expect((await ws.bill('GET', `/customers/${id2}/wallet`)).status).toBe(200);
  });

  it('starts with the limits of its customer, in the currency it prefers', async () => {
    const { wallet } = await newCustomer(ws, {
      preferred_currency: 'jpy',
      default_credit_limit: '5000',
      default_max_balance: 100000,
      default_max_single_credit: { value: '700', currency: 'JPY' },
    });
    expect(wallet).toMatchObject({
      currency: 'JPY',
      cash_balance: { value: '0', currency: 'JPY' },
      credit_limit: { value: '5000', currency: 'JPY' },
      max_balance: { value: '100000', currency: 'JPY' },
      max_single_credit: { value: '700', currency: 'JPY' },
    });
  });

  it('is one of each currency', async () => {
    const { id } = await newCustomer(ws);
    const make = (body: object) => ws.bill('POST', '/wallets', { customer_id: id, ...body });
    const kwd = await make({ currency: 'KWD', max_balance: '1.500' });
    expect([kwd.status, kwd.body.data.max_balance, kwd.body.data.is_primary]).toEqual([
      201,
      { value: '1.500', currency: 'KWD' },
      false,
    ]);
    expect(problem(await make({ currency: 'KWD' }))).toEqual([409, 'CONFLICT']);
    expect(problem(await make({ currency: 'EUR' }))).toEqual([409, 'CONFLICT']);
    expect(problem(await make({ currency: 'XXX' }))).toEqual([400, 'VALIDATION_ERROR', 'currency']);
    expect(problem(await make({ currency: 'USD', max_balance: '-1' }))).toEqual([
      400,
      'VALIDATION_ERROR',
      'max_balance',
    ]);
    const list = await ws.bill('GET', `/wallets?customer_id=${id}&limit=1`);
    expect(list.body.data.map((w: { currency: string }) => w.currency)).toEqual(['KWD']);
    const next = `/wallets?customer_id=${id}&limit=1&cursor=${list.body.pagination.next_cursor}`;
    const rest = await ws.bill('GET', next);
    expect(rest.body.data.map((w: { currency: string }) => w.currency)).toEqual(['EUR']);
    expect(rest.body.pagination).toEqual({ next_cursor: null, has_more: false, limit: 1 });
  });
});

describe('money', () => {
  it('is credited, debited promotional first, and listed with every balance', async () => {
    const { walletId } = await newCustomer(ws);
    const credit = await post(walletId, 'credit', {
      amount: '100',
      reason: 'paid',
      reference: 'inv',
    });
    expect(credit.status).toBe(201);
    expect(credit.body.data.transaction).toMatchObject({
      kind: 'credit',
      sequence: 1,
      cash: eur('100.00'),
      counter_account: 'external',
      reason: 'paid',
      reference: 'inv',
    });
    await post(walletId, 'credit', {
      amount: '30.50',
      balance: 'promotional',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const debit = await post(walletId, 'debit', { amount: '50.25' });
    expect(debit.body.data.transaction).toMatchObject({
      cash: eur('-19.75'),
      promotional: eur('-30.50'),
      cash_balance: eur('80.25'),
      promotional_balance: eur('0.00'),
    });
    expect(debit.body.data.wallet.available_balance).toEqual(eur('80.25'));
    const list = (await ws.bill('GET', `/wallets/${walletId}/transactions`)).body;
    expect(list.data.map((e: { sequence: number }) => e.sequence)).toEqual([3, 2, 1]);
    expect((await verify()).body).toEqual({ ok: true, problems: [] });
  });

  it('cannot be spent beyond what is there, or beyond the credit limit', async () => {
    const prepaid = await newCustomer(ws, { default_credit_limit: '100' });
    await post(prepaid.walletId, 'credit', { amount: '10' });
    expect(problem(await post(prepaid.walletId, 'debit', { amount: '10.01' }))).toEqual([
      422,
      'INSUFFICIENT_FUNDS',
    ]);
    expect((await post(prepaid.walletId, 'debit', { amount: '10' })).status).toBe(201);

    const postpaid = await newCustomer(ws, { mode: 'POSTPAID', default_credit_limit: '100' });
    expect((await post(postpaid.walletId, 'debit', { amount: '100' })).status).toBe(201);
    expect(problem(await post(postpaid.walletId, 'debit', { amount: '0.01' }))).toEqual([
      422,
      'INSUFFICIENT_FUNDS',
    ]);
    expect((await get(postpaid.walletId)).cash_balance).toEqual(eur('-100.00'));
    const open = await newCustomer(ws, { mode: 'POSTPAID' });
    expect((await post(open.walletId, 'debit', { amount: '123456789.99' })).status).toBe(201);
  });

  it('cannot be credited beyond the limits of the wallet', async () => {
    const { walletId } = await newCustomer(ws, {
      default_max_balance: '100',
      default_max_single_credit: '60',
    });
    expect(problem(await post(walletId, 'credit', { amount: '60.01' }))).toEqual([
      422,
      'MAX_SINGLE_CREDIT_EXCEEDED',
    ]);
    expect((await post(walletId, 'credit', { amount: '60' })).status).toBe(201);
    expect(problem(await post(walletId, 'credit', { amount: '40.01' }))).toEqual([
      422,
      'MAX_BALANCE_EXCEEDED',
    ]);
    expect((await post(walletId, 'credit', { amount: '40' })).status).toBe(201);
  });

  it('is held, captured in part, and released', async () => {
    const { walletId } = await newCustomer(ws);
    await post(walletId, 'credit', { amount: '100' });
    const made = await post(walletId, 'holds', { amount: '70', reference: 'order 1' });
    expect([made.status, made.body.data.hold.status]).toEqual([201, 'PENDING']);
    expect(made.body.data.wallet).toMatchObject({
      held_balance: eur('70.00'),
      available_balance: eur('30.00'),
      cash_balance: eur('100.00'),
    });
    expect(problem(await post(walletId, 'debit', { amount: '30.01' }))).toEqual([
      422,
      'INSUFFICIENT_FUNDS',
    ]);
    const hold = made.body.data.hold.id;
    expect(problem(await post(walletId, `holds/${hold}/capture`, { amount: '70.01' }))).toEqual([
      422,
      'HOLD_EXCEEDED',
    ]);
    const captured = await post(walletId, `holds/${hold}/capture`, { amount: '20' });
    expect(captured.body.data.hold).toMatchObject({ status: 'CAPTURED', captured: eur('20.00') });
    expect(captured.body.data.wallet).toMatchObject({
      held_balance: eur('0.00'),
      cash_balance: eur('80.00'),
    });
    for (const op of ['capture', 'release']) {
      expect(problem(await post(walletId, `holds/${hold}/${op}`))).toEqual([
        409,
        'INVALID_STATE_TRANSITION',
      ]);
    }
    const second = (await post(walletId, 'holds', { amount: '80' })).body.data.hold.id;
    const released = await post(walletId, `holds/${second}/release`);
    expect(released.body.data.wallet.available_balance).toEqual(eur('80.00'));
    expect(problem(await post(walletId, `holds/${randomUUID()}/release`))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    expect((await verify()).body.ok).toBe(true);
  });

  it('goes from one wallet to another of its currency, all of it or none', async () => {
    const [a, b] = [await newCustomer(ws), await newCustomer(ws, { default_max_balance: '50' })];
    await post(a.walletId, 'credit', { amount: '100' });
    const send = (amount: string, to = b.walletId) =>
      post(a.walletId, 'transfer', { to_wallet_id: to, amount });
    const sent = await send('50');
    expect([
      sent.status,
      sent.body.data.wallet.cash_balance,
      sent.body.data.to_wallet.cash_balance,
    ]).toEqual([201, eur('50.00'), eur('50.00')]);
    expect(problem(await send('0.01'))).toEqual([422, 'MAX_BALANCE_EXCEEDED']);
    expect(problem(await send('60'))).toEqual([422, 'INSUFFICIENT_FUNDS']);
    expect(problem(await send('1', a.walletId))).toEqual([422, 'SAME_WALLET']);
    const usd = await newCustomer(ws, { preferred_currency: 'USD' });
    expect(problem(await send('1', usd.walletId))).toEqual([422, 'CURRENCY_MISMATCH']);
    expect(problem(await send('1', randomUUID()))).toEqual([404, 'NOT_FOUND']);
    expect((await get(a.walletId)).cash_balance).toEqual(eur('50.00'));
    expect((await verify()).body.ok).toBe(true);
  });

  it('ends with its time where it was promotional, and holds do too', async () => {
    const { walletId } = await newCustomer(ws);
    await post(walletId, 'credit', { amount: '5' });
    await post(walletId, 'credit', {
      amount: '10',
      balance: 'promotional',
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    });
    await post(walletId, 'holds', {
      amount: '3',
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    });
    await program.database.owner(
      `update wallets set promotional_expires_at = now() - interval '1 second'
       where id = $1`,
      [walletId],
    );
    await program.database.owner(
      `update wallet_holds set expires_at = now() - interval '1 second' where wallet_id = $1`,
      [walletId],
    );
    // Before any job ran, what has expired cannot be spent any more.
    expect((await get(walletId)).available_balance).toEqual(eur('2.00'));
    await program.job('expire_money');
    expect(await get(walletId)).toMatchObject({
      promotional_balance: eur('0.00'),
      promotional_balance_expires_at: null,
      held_balance: eur('0.00'),
      available_balance: eur('5.00'),
    });
    const kinds = (await ws.bill('GET', `/wallets/${walletId}/transactions`)).body.data.map(
      (e: { kind: string }) => e.kind,
    );
    expect(kinds.slice(0, 2).sort()).toEqual(['promotional_expiry', 'release']);
    expect((await verify()).body.ok).toBe(true);
  });

  it('is refused in any form that is no amount of the currency (T31)', async () => {
    const { walletId } = await newCustomer(ws);
    for (const amount of [
      ...['0', '-1', '1e3', '1,00', ' 1', '', '.5', '1.', '0x10', 'NaN', '1.001'],
      ...['9223372036854775808', '1'.repeat(40), null, true, [], {}],
      { value: '1.00', currency: 'USD' },
      { value: '1.00' },
      -0,
      1e21,
    ]) {
      const answer = await post(walletId, 'credit', { amount });
      expect([amount, ...problem(answer)]).toEqual([amount, 400, 'VALIDATION_ERROR', 'amount']);
    }
    for (const amount of ['1', '1.0', '1.000', 1, 0.1, { value: '1.00', currency: 'eur' }]) {
      expect([amount, (await post(walletId, 'credit', { amount })).status]).toEqual([amount, 201]);
    }
    const most = '92233720368547758.07';
    const rich = await newCustomer(ws);
    expect((await post(rich.walletId, 'credit', { amount: most })).status).toBe(201);
    expect((await get(rich.walletId)).cash_balance).toEqual(eur(most));
    const over = await post(rich.walletId, 'credit', { amount: '0.01' });
    expect(over.status).toBe(422);
    expect((await get(rich.walletId)).cash_balance).toEqual(eur(most));
  });
});

describe('an Idempotency-Key', () => {
  it('is demanded by every movement of money', async () => {
    const { walletId } = await newCustomer(ws);
    for (const op of ['credit', 'debit', 'holds', 'transfer', `holds/${randomUUID()}/capture`]) {
      const answer = await fetch(`${program.url}/billing/v1/wallets/${walletId}/${op}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ws.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ amount: '1', to_wallet_id: walletId }),
      });
      const refusal = (await answer.json()) as { fields: { field: string }[] };
      expect([op, answer.status, refusal.fields[0]?.field]).toEqual([op, 400, 'Idempotency-Key']);
    }
  });

  it('of fifty requests at once moves money once, and answers all alike (T29)', async () => {
    const { walletId } = await newCustomer(ws);
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(walletId, 'credit', { amount: '1' }, key)),
    );
    expect(new Set(answers.map((a) => `${a.status} ${a.text}`)).size).toBe(1);
    expect((await get(walletId)).cash_balance).toEqual(eur('1.00'));
    expect(problem(await post(walletId, 'credit', { amount: '2' }, key))).toEqual([
      409,
      'CONFLICT',
    ]);
  });
});

it('lets exactly a hundred of 150 debits of one through, down to the limit (T28)', async () => {
  const { walletId } = await newCustomer(ws, { mode: 'POSTPAID', default_credit_limit: '100' });
  const answers = await Promise.all(
    Array.from({ length: 150 }, () => post(walletId, 'debit', { amount: '1' })),
  );
  expect(answers.filter((a) => a.status === 201)).toHaveLength(100);
  expect(answers.filter((a) => a.status === 422)).toHaveLength(50);
  expect((await get(walletId)).cash_balance).toEqual(eur('-100.00'));
  expect((await verify()).body.ok).toBe(true);
});

it('shows every change of the ledger that was not made by an entry (T30)', async () => {
  const { walletId } = await newCustomer(ws);
  for (const amount of ['1', '2', '3']) await post(walletId, 'credit', { amount });
  const spoil = async (sql: string) => {
    await program.database.owner(sql, [walletId]);
    const { body } = await verify();
    expect(body.ok).toBe(false);
    return body.problems.map((p: { wallet_id: string; sequence: number; problem: string }) => [
      p.wallet_id,
      p.sequence,
    ]);
  };
  const changed = await spoil(
    `update ledger_entries set at = at + interval '1 second' where wallet_id = $1 and seq = 2`,
  );
  expect(changed).toEqual([[walletId, 2]]);
  await program.database.owner(
    `update ledger_entries set at = at - interval '1 second' where wallet_id = $1 and seq = 2`,
    [walletId],
  );
  expect((await verify()).body.ok).toBe(true);
  const raised = await spoil('update wallets set cash = cash + 1 where id = $1');
  expect(raised).toEqual([[walletId, 3]]);
  await program.database.owner('update wallets set cash = cash - 1 where id = $1', [walletId]);
  const lost = await spoil('delete from ledger_entries where wallet_id = $1 and seq = 2');
  expect(lost[0]).toEqual([walletId, 3]);
});
