import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault, StripeStandIn } from '../../../src/providers/payments/stripe-stand-in.ts';
import { type PaymentsProgram, startPayments, type TokenKind } from '../../kit/payments.ts';
import { portal } from '../portal/portal-kit.ts';
import { type BillingWorkspace, billingWorkspace, newCustomer } from './billing-kit.ts';

const FILLED = {
  default_auto_topup_enabled: true,
  default_auto_topup_amount: '50',
  default_low_balance_threshold: '20',
};
const CHARGE = 'POST /v1/payment_intents';

interface Event {
  type: string;
  data: Record<string, unknown>;
}

/** A wallet with 100, below whose 20 it is filled up by 50s, and a saved method. */
function filledBy(program: PaymentsProgram, ws: BillingWorkspace) {
  return async (
    more: { body?: object; card?: TokenKind | null; credit?: string } = {},
  ): Promise<FilledWallet> => {
    const { id, walletId } = await newCustomer(ws, { ...FILLED, ...more.body });
    const session = await ws.api('POST', '/api/customer-sessions/', { customer_id: id });
    const pay = portal(program, session.body.token);
    const save = (card: TokenKind) =>
      pay('POST', '/payment-methods', {
        confirmation_token_id: program.token(card),
        return_url: 'http://localhost:3000/',
        set_default: true,
      });
    if (more.card !== null) await save(more.card ?? 'visa');
    const credit = more.credit ?? '100';
    await ws.bill('POST', `/wallets/${walletId}/credit`, { amount: credit });
    return {
      id,
      walletId,
      save,
      post: (op, amount) => ws.bill('POST', `/wallets/${walletId}/${op}`, { amount }),
      cash: async () => (await ws.bill('GET', `/wallets/${walletId}`)).body.data.cash_balance.value,
      entries: async () =>
        (await ws.bill('GET', `/wallets/${walletId}/transactions`)).body.data
          .filter((e: { kind: string }) => e.kind === 'topup')
          .map((e: { cash: { value: string } }) => e.cash.value),
      rows: () =>
        program.database.owner(
          `select status, reason, processor_ref, entry_id, attempts from wallet_topups
           where wallet_id = $1 order by created_at`,
          [walletId],
        ),
      told: async () => {
        await program.job('sequence_events');
        const rows = await program.database.owner<Event>(
          `select type, data from events where customer_id = $1 and type like 'wallet.topup%'
           order by sequence`,
          [id],
        );
        return rows.map(({ type, data }) => [type, data.reason ?? data.amount]);
      },
    };
  };
}

interface FilledWallet {
  id: string;
  walletId: string;
  save(card: TokenKind): ReturnType<BillingWorkspace['bill']>;
  post(op: string, amount: string): ReturnType<BillingWorkspace['bill']>;
  cash(): Promise<string>;
  entries(): Promise<string[]>;
  rows(): Promise<Record<string, unknown>[]>;
  told(): Promise<unknown[][]>;
}

/** Does every job that is planned, however late. */
async function settleAll(program: PaymentsProgram, times = 1) {
  for (let i = 0; i < times; i += 1) {
    await program.database.owner('update jobs set run_at = now(), leased_until = null');
    await program.settle();
  }
}

const sound = async (program: PaymentsProgram) =>
  expect((await program.root('GET', '/admin/v1/doctor/ledger')).body).toEqual({
    ok: true,
    problems: [],
  });

describe.each(['sandbox', 'stripe'] as const)('filling up through the %s', (provider) => {
  let program: PaymentsProgram;
  let ws: BillingWorkspace;
  let filled: ReturnType<typeof filledBy>;
  beforeAll(async () => {
    program = await startPayments(provider, 200);
    ws = await billingWorkspace(program);
    filled = filledBy(program, ws);
  });
  afterAll(async () => {
    await sound(program);
    await program.close();
  });

  it('charges once for many debits at once, and closes the whole gap', async () => {
    const wallet = await filled({ body: { mode: 'POSTPAID' } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => wallet.post('debit', '11')));
    expect(answers.map((a) => a.status)).toEqual(answers.map(() => 201));
    expect(await wallet.cash()).toBe('-120.00');
    await program.settle();
    expect(await wallet.cash()).toBe('30.00');
    expect(await wallet.entries()).toEqual(['150.00']);
    expect(await wallet.told()).toEqual([['wallet.topup_succeeded', '15000']]);
    expect(await wallet.rows()).toMatchObject([
      { status: 'succeeded', attempts: 1, entry_id: expect.any(String) },
    ]);
  });

  it('charges nothing above the threshold, or where nobody asked for it', async () => {
    const wallet = await filled();
    await wallet.post('debit', '80');
    const plain = await filled({ body: { default_auto_topup_enabled: false } });
    await plain.post('debit', '99');
    await program.settle();
    expect([await wallet.rows(), await plain.rows()]).toEqual([[], []]);
  });

  it('is moved by a capture, a hold and a transfer too', async () => {
    const [first, second, other] = [await filled(), await filled(), await filled()];
    const hold = (await first.post('holds', '90')).body.data.hold;
    await program.settle();
    expect(await first.rows()).toEqual([]);
    const capture = `/wallets/${first.walletId}/holds/${hold.id}/capture`;
    expect((await ws.bill('POST', capture, {})).status).toBe(200);
    await ws.bill('POST', `/wallets/${second.walletId}/transfer`, {
      to_wallet_id: other.walletId,
      amount: '95',
    });
    await program.settle();
    expect([await first.cash(), await second.cash(), await other.cash()]).toEqual([
      '60.00',
      '55.00',
      '195.00',
    ]);
  });

  it('loses and invents nothing while debits and charges race', async () => {
    const wallet = await filled({ body: { mode: 'POSTPAID' } });
    const rounds = Array.from({ length: 12 }, async () => {
      const { status } = await wallet.post('debit', '15');
      await program.settle();
      return status;
    });
    expect(await Promise.all(rounds)).toEqual(rounds.map(() => 201));
    await program.settle();
    const charged = (await wallet.entries()).reduce((sum, amount) => sum + Number(amount), 0);
    expect(Number(await wallet.cash())).toBe(100 - 12 * 15 + charged);
    expect(Number(await wallet.cash())).toBeGreaterThanOrEqual(20);
    const told = await wallet.told();
    expect(told).toHaveLength((await wallet.rows()).length);
    expect(told.reduce((sum, [, amount]) => sum + Number(amount), 0)).toBe(charged * 100);
  });

  it('charges again only once the first has come in and was not enough', async () => {
    const wallet = await filled({ body: { mode: 'POSTPAID' } });
    await wallet.post('debit', '90');
    await wallet.post('debit', '10');
    expect(await wallet.rows()).toHaveLength(1);
    await program.settle();
    await wallet.post('debit', '45');
    await program.settle();
    expect(await wallet.entries()).toEqual(['50.00', '50.00']);
  });

  it('ends in one event and a stop when the card declines', async () => {
    const wallet = await filled({ card: 'unpayable', body: { mode: 'POSTPAID' } });
    await wallet.post('debit', '90');
    await program.settle();
    await wallet.post('debit', '1');
    await settleAll(program);
    expect(await wallet.told()).toEqual([['wallet.topup_stopped', 'Your card was declined.']]);
    expect(await wallet.rows()).toMatchObject([{ status: 'failed', attempts: 1 }]);
    expect(await wallet.cash()).toBe('9.00');

    await wallet.save('visa');
    await program.database.owner(
      `update wallets set auto_topup_paused_until = now() where id = $1`,
      [wallet.walletId],
    );
    await wallet.post('debit', '1');
    await program.settle();
    expect(await wallet.cash()).toBe('58.00');
  });

  it.each<[string, Parameters<ReturnType<typeof filledBy>>[0], string]>([
    ['takes less at once', { body: { default_max_single_credit: '49' }, credit: '49' }, 'at once'],
    ['may hold less', { body: { default_max_balance: '55' }, credit: '49' }, 'may hold'],
    ['has no method', { card: null, credit: '49' }, 'no default payment method'],
  ])('charges nothing where the wallet %s, and says so once', async (_how, more, reason) => {
    const wallet = await filled(more);
    await wallet.post('debit', '40');
    await wallet.post('debit', '1');
    await program.settle();
    await wallet.post('debit', '1');
    await program.settle();
    const told = await wallet.told();
    expect(told).toEqual([['wallet.topup_stopped', expect.stringContaining(reason)]]);
    expect(await wallet.rows()).toMatchObject([{ status: 'failed', processor_ref: null }]);
    expect(await wallet.cash()).toBe('7.00');
  });

  it('is dropped where the gap was closed, or the customer was deleted, meanwhile', async () => {
    const [paid, gone] = [await filled(), await filled()];
    await paid.post('debit', '90');
    await paid.post('credit', '30');
    await gone.post('debit', '90');
    await ws.api('DELETE', `/api/customers/${gone.id}`);
    await program.settle();
    for (const wallet of [paid, gone]) {
      expect(await wallet.rows()).toMatchObject([{ status: 'failed', attempts: 0 }]);
      expect(await wallet.told()).toEqual([]);
    }
    expect(await paid.cash()).toBe('40.00');
  });
});

describe('while Stripe gives no answer', () => {
  let program: PaymentsProgram;
  let ws: BillingWorkspace;
  let filled: ReturnType<typeof filledBy>;
  beforeAll(async () => {
    program = await startPayments('stripe', 150);
    ws = await billingWorkspace(program);
    filled = filledBy(program, ws);
  });
  beforeEach(() => program.standIn?.heal());
  afterAll(async () => {
    await sound(program);
    await program.close();
  });

  const standIn = () => program.standIn as StripeStandIn;
  const charges = ({ id }: FilledWallet) =>
    [...standIn().store.payments.values()].filter((p) => p.metadata.clientele_customer_id === id);

  it.each<[string, Fault[]]>([
    ['is slow before it acts', ['stall_before', 'stall_before']],
    ['is slow after it acted', ['stall_after', 'stall_after']],
    ['acts after we gave up', ['late', 'late']],
    ['hangs up before it acts', ['reset_before', 'reset_before']],
    ['hangs up after it acted', ['reset_after', 'reset_after']],
    ['fails before it acts', ['error_before', 'error_before']],
    ['fails after it acted', ['error_after']],
    ['is asked too often', ['limited', 'limited']],
    ['is busy with the first try', ['conflict', 'conflict']],
  ])('charges exactly once, when it %s', async (_how, faults) => {
    const wallet = await filled();
    standIn().fail(CHARGE, ...faults);
    await wallet.post('debit', '90');
    await program.settle();
    await settleAll(program, 3);
    expect([charges(wallet).length, await wallet.entries()]).toEqual([1, ['50.00']]);
    expect(await wallet.told()).toEqual([['wallet.topup_succeeded', '5000']]);
    await settleAll(program);
    expect([charges(wallet).length, await wallet.cash()]).toEqual([1, '60.00']);
  });

  it('waits for a charge that is slow, and asks for no other', async () => {
    const [comes, fails] = [await filled({ card: 'slow' }), await filled({ card: 'slow' })];
    for (const wallet of [comes, fails]) {
      await wallet.post('debit', '90');
      await program.settle();
      await wallet.post('debit', '5');
      await settleAll(program);
      expect([charges(wallet).length, await wallet.cash()]).toEqual([1, '5.00']);
    }
    standIn().store.finish(charges(comes)[0]?.id ?? '', 'succeeded');
    standIn().store.finish(charges(fails)[0]?.id ?? '', 'requires_payment_method');
    await settleAll(program);
    expect([await comes.cash(), await fails.cash()]).toEqual(['55.00', '5.00']);
    expect((await fails.told()).map(([type]) => type)).toEqual(['wallet.topup_stopped']);
  });

  const agePast = (wallet: FilledWallet) =>
    program.database.owner(
      `update wallet_topups set created_at = created_at - interval '24 hours' where wallet_id = $1`,
      [wallet.walletId],
    );

  it('looks once more after a day, and asks no more', async () => {
    const [made, lost] = [await filled(), await filled()];
    for (const [wallet, fault] of [
      [made, 'stall_after'],
      [lost, 'stall_before'],
    ] as const) {
      standIn().fail(CHARGE, fault, fault);
      await wallet.post('debit', '90');
      await program.settle();
      await agePast(wallet);
    }
    const asked = standIn().seen(CHARGE);
    await settleAll(program);
    expect([await made.cash(), await lost.cash()]).toEqual(['60.00', '10.00']);
    expect(await lost.told()).toEqual([
      ['wallet.topup_stopped', 'The payment processor gave no answer'],
    ]);
    expect(standIn().seen(CHARGE)).toBe(asked);
  });

  it('keeps looking while not even that is answered', async () => {
    const wallet = await filled();
    standIn().fail(CHARGE, 'stall_after', 'stall_after');
    await wallet.post('debit', '90');
    await program.settle();
    await agePast(wallet);
    standIn().fail('GET /v1/payment_intents', 'stall_before', 'stall_before');
    await settleAll(program);
    expect(await wallet.rows()).toMatchObject([{ status: 'pending' }]);
    await settleAll(program);
    expect(await wallet.cash()).toBe('60.00');
  });

  it.each(['deleted', 'erased'])('credits what was charged to a customer %s since', async (how) => {
    const wallet = await filled();
    standIn().fail(CHARGE, 'stall_after', 'stall_after');
    await wallet.post('debit', '90');
    await program.settle();
    const gone = how === 'erased' ? '?anonymize=true' : '';
    expect((await ws.api('DELETE', `/api/customers/${wallet.id}${gone}`)).status).toBeLessThan(300);
    await settleAll(program);
    expect(await wallet.rows()).toMatchObject([
      { status: 'succeeded', entry_id: expect.any(String), reason: null },
    ]);
    const [row] = await program.database.owner('select cash::text from wallets where id = $1', [
      wallet.walletId,
    ]);
    expect([row, charges(wallet).length]).toEqual([{ cash: '6000' }, 1]);
  });

  it('says what was charged for a wallet that was closed since', async () => {
    const wallet = await filled();
    standIn().fail(CHARGE, 'stall_after', 'stall_after');
    await wallet.post('debit', '90');
    await program.settle();
    await program.database.owner('update wallets set closed_at = now() where id = $1', [
      wallet.walletId,
    ]);
    await settleAll(program);
    const reason = 'The wallet was closed after the charge';
    expect(await wallet.rows()).toMatchObject([{ status: 'succeeded', entry_id: null, reason }]);
    expect(await wallet.told()).toEqual([['wallet.topup_stopped', reason]]);
  });
});
