import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import {
  type PaymentsProgram,
  signatureOf,
  startPayments,
  WEBHOOK_SECRET,
} from '../../kit/payments.ts';
import type { TestWorkspace } from '../../kit/program.ts';
import { size } from '../../kit/soak.ts';
import { newTeam, portal } from '../portal/portal-kit.ts';

/** How many events of each class come in. */
const EACH = size(10, 1_000);
const PATH = '/payment-methods';

let program: PaymentsProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startPayments('stripe');
  ws = await program.workspace();
});
afterAll(() => program.close());

const store = () => (program.standIn as NonNullable<PaymentsProgram['standIn']>).store;

async function customer() {
  const { id, customerToken } = await newTeam(ws);
  const api = portal(program, customerToken);
  const add = async (kind: 'visa' | 'mastercard' | '3ds') =>
    (await api('POST', PATH, { confirmation_token_id: program.token(kind), return_url: '/' })).body;
  const list = async () => (await api('GET', PATH)).body;
  const at = () =>
    [...store().customers.values()].findLast((c) => c.metadata.clientele_customer_id === id);
  return { id, api, add, list, at };
}

const lastEvent = (type: string) => store().events.findLast((e) => e.type === type) as Stripe.Event;
const newEvent = (like: Stripe.Event, more: object = {}) => ({
  ...like,
  id: `evt_${Math.random().toString(36).slice(2)}`,
  ...more,
});

describe('an event that is not to be believed', () => {
  it.each([
    ['with another secret', { secret: 'whsec_another' }],
    ['later than five minutes', { ageSeconds: 301 }],
  ])('is refused: signed %s', async (_how, more) => {
    const { add, list } = await customer();
    const { client_secret } = await add('3ds');
    await program.authenticate(client_secret, 'approve');
    const refused = await program.deliver(lastEvent('setup_intent.succeeded'), more);
    expect([refused.status, refused.body.error]).toEqual([400, 'InvalidSignature']);
    await program.settle();
    expect(await list()).toEqual([]);
  });

  it('is refused: changed after it was signed, not signed, signed as something else, or no JSON', async () => {
    const { add } = await customer();
    await add('visa');
    const body = JSON.stringify(lastEvent('setup_intent.succeeded'));
    const good = signatureOf(body, WEBHOOK_SECRET);
    const send = (text: string, headers: Record<string, string>) =>
      call(program.url, 'POST', '/inbound/payments/stripe', {
        body: text,
        headers: { 'content-type': 'application/json', ...headers },
      });
    for (const [text, headers] of [
      [`${body} `, { 'stripe-signature': good }],
      [body, {}],
      [body, { 'stripe-signature': good.replace('v1=', 'v0=') }],
      [body, { 'stripe-signature': 'nonsense' }],
      ['{', { 'stripe-signature': signatureOf('{', WEBHOOK_SECRET) }],
      ['', {}],
    ] as const) {
      expect((await send(text, headers)).status).toBe(400);
    }
    expect((await send(body, { 'stripe-signature': good })).status).toBe(200);
  });
});

describe('an event that is not about us', () => {
  it.each<[string, (e: Stripe.Event) => object]>([
    ['of the other mode', (e) => newEvent(e, { livemode: true })],
    ['of another account', (e) => newEvent(e, { account: 'acct_other' })],
    [
      'about an unknown customer',
      (e) =>
        newEvent(e, { data: { object: { ...e.data.object, id: 'x', customer: 'cus_unknown' } } }),
    ],
    [
      'about something else',
      (e) => newEvent(e, { data: { object: { object: 'invoice', id: 'in_1' } } }),
    ],
    ['about nothing', (e) => newEvent(e, { data: {} })],
    ['in an unknown form', (e) => newEvent(e, { data: { object: { object: 7, id: null } } })],
  ])('is taken and changes nothing: %s', async (_how, change) => {
    const { add, list } = await customer();
    const { client_secret } = await add('3ds');
    await program.authenticate(client_secret, 'approve');
    const event = change(lastEvent('setup_intent.succeeded'));
    expect((await program.deliver(event)).status).toBe(200);
    await program.settle();
    expect(await list()).toEqual([]);
  });
});

it('is a reason to look again, never believed in what it says', async () => {
  const { add, list, api } = await customer();
  const { payment_method } = await add('visa');
  const told = lastEvent('payment_method.attached');
  await api('DELETE', `${PATH}/${payment_method.id}`);
  await program.deliver(newEvent(told));
  await program.settle();
  expect(await list()).toEqual([]);
});

it('takes off what was taken off at Stripe, and all that its customer had', async () => {
  const { add, list, at } = await customer();
  await add('visa');
  await add('mastercard');
  store().detach(store().attached(at()?.id ?? '')[0]?.id ?? '');
  await program.deliver(lastEvent('payment_method.detached'));
  await program.settle();
  expect(await list()).toMatchObject([{ brand: 'mastercard' }]);
  store().deleteCustomer(at()?.id ?? '');
  await program.deliver(lastEvent('customer.deleted'));
  await program.settle();
  expect(await list()).toEqual([]);
});

it('keeps nothing of what Stripe says that could do harm elsewhere', async () => {
  const { add, list, at } = await customer();
  await add('visa');
  const card = store().attached(at()?.id ?? '')[0]?.card as unknown as Record<string, unknown>;
  Object.assign(card, {
    brand: `=cmd|'/c calc'!A1\u0000${'x'.repeat(1_000_000)}`,
    last4: '<b>1</b>',
    exp_month: 1e9,
    exp_year: 'soon',
    funding: '\ud800credit',
  });
  const attached = lastEvent('payment_method.attached');
  expect(
    (await program.deliver(newEvent(attached, { data: { object: { ...attached.data.object } } })))
      .status,
  ).toBe(200);
  await program.settle();
  const [method] = await list();
  expect(method).toMatchObject({ last4: null, exp_month: null, exp_year: null });
  expect(method.brand).toMatch(/^[\w .-]{1,64}$/);
});

it('leaves the throw-away workspaces of the doctor to the sandbox', async () => {
  const before = store().customers.size;
  const { body } = await program.root('GET', '/admin/v1/doctor');
  expect(body.checks.filter((c: { ok: boolean }) => !c.ok)).toEqual([]);
  expect(store().customers.size).toBe(before);
});

it('counts once, however often it is told, and does not undo a later choice of default', async () => {
  const { add, list, api } = await customer();
  const { client_secret } = await add('3ds');
  await program.authenticate(client_secret, 'approve');
  const event = lastEvent('setup_intent.succeeded');
  await program.deliver(event);
  await program.settle();
  const [first] = await list();
  expect(first.is_default).toBe(true);
  const { payment_method } = await add('visa');
  await api('POST', `${PATH}/${payment_method.id}/default`);
  await Promise.all(Array.from({ length: 5 }, () => program.deliver(event)));
  await program.deliver(newEvent(event));
  await program.settle();
  const counted = await program.database.owner<{ n: number }>(
    'select count(*)::int as n from provider_events where event_id = $1',
    [event.id],
  );
  expect(counted).toEqual([{ n: 1 }]);
  expect(await list()).toMatchObject([
    { id: payment_method.id, is_default: true },
    { id: first.id },
  ]);
});

it('leads to the same state, shuffled and doubled, as told once in order', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, customer));
  for (const { add, api, list, at } of people) {
    for (let i = 0; i < Math.ceil(EACH / 10); i += 1) {
      const { client_secret } = await add('3ds');
      await program.authenticate(client_secret, i % 3 === 2 ? 'refuse' : 'approve');
      const saved = await add(i % 2 === 0 ? 'visa' : 'mastercard');
      if (i % 4 === 1) await api('DELETE', `${PATH}/${saved.payment_method.id}`);
      if (i % 4 === 2) store().detach(store().attached(at()?.id ?? '')[0]?.id ?? '');
      await list();
    }
  }
  const told = store().events.flatMap((e) => [e, e]);
  for (let i = told.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [told[i], told[j]] = [told[j] as Stripe.Event, told[i] as Stripe.Event];
  }
  for (let i = 0; i < told.length; i += 20) {
    const answers = await Promise.all(told.slice(i, i + 20).map((e) => program.deliver(e)));
    expect(answers.every((a) => a.status === 200)).toBe(true);
    if (i % 200 === 0) await program.settle();
  }
  await program.settle();
  for (const { list, at } of people) {
    const attached = store().attached(at()?.id ?? '');
    expect((await list()).map((m: { last4: string }) => m.last4).sort()).toEqual(
      attached.map((m) => m.card.last4).sort(),
    );
    const defaults = (await list()).filter((m: { is_default: boolean }) => m.is_default);
    expect(defaults.length).toBeLessThanOrEqual(1);
  }
}, 3_600_000);

it('is no address where no Stripe account serves', async () => {
  const other = await startPayments('sandbox');
  try {
    expect((await other.deliver({})).status).toBe(404);
    expect((await call(other.url, 'GET', '/readyz')).body).toEqual({
      status: 'ready',
      payments: 'sandbox',
    });
    expect((await call(program.url, 'GET', '/readyz')).body.payments).toBe('stripe_test');
    const path = '/sandbox/setup-intents/seti_x/approve';
    expect((await call(program.url, 'POST', path, { body: {} })).status).toBe(404);
  } finally {
    await other.close();
  }
});
