import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/providers/payments/stripe-stand-in.ts';
import { type PaymentsProgram, startPayments } from '../../kit/payments.ts';
import type { TestWorkspace } from '../../kit/program.ts';
import { newTeam, portal } from './portal-kit.ts';

const PATH = '/payment-methods';
const SETUP = 'POST /v1/setup_intents';

let program: PaymentsProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startPayments('stripe', 100);
  ws = await program.workspace();
});
beforeEach(() => program.standIn?.heal());
afterAll(() => program.close());

const standIn = () => program.standIn as NonNullable<PaymentsProgram['standIn']>;

async function customer() {
  const { customerToken, id } = await newTeam(ws);
  const api = portal(program, customerToken);
  const add = (token: string, headers = {}) =>
    api(
      'POST',
      PATH,
      { confirmation_token_id: token, return_url: 'http://localhost:3000/' },
      headers,
    );
  const list = async () => (await api('GET', PATH)).body;
  const attached = () =>
    [...standIn().store.customers.values()]
      .filter((c) => c.metadata.clientele_customer_id === id)
      .flatMap((c) => standIn().store.attached(c.id));
  return { id, api, add, list, attached };
}

describe('while Stripe gives no answer', () => {
  it.each<[string, Fault[], boolean]>([
    ['is slow before it acts', ['stall_before', 'stall_before'], false],
    ['is slow after it acted', ['stall_after', 'stall_after'], true],
    ['hangs up before it acts', ['reset_before', 'reset_before'], false],
    ['hangs up after it acted', ['reset_after', 'reset_after'], true],
    ['fails before it acts', ['error_before'], false],
    ['fails after it acted', ['error_after'], true],
    ['is asked too often', ['limited'], false],
  ])('adds a method once or not at all, when it %s', async (_how, faults, made) => {
    const { add, list, attached } = await customer();
    await add(program.token('mastercard'));
    const token = program.token('visa');
    standIn().fail(SETUP, ...faults);
    const first = await add(token);
    // A failure that Stripe keeps is looked into at once; so a method that was made is found.
    const found = faults[0] === 'error_after';
    expect(first.status).toBe(found ? 201 : 502);
    if (!found) {
      expect(first.body.error).toBe('PaymentProviderUnavailable');
      expect(await list()).toHaveLength(1);
    }
    await program.reconcile('all');
    const expected = made || faults[0] !== 'error_before' ? 2 : 1;
    expect(await list()).toHaveLength(expected);
    expect(attached()).toHaveLength(expected);
    await program.reconcile('all');
    expect(await list()).toHaveLength(expected);
  });

  it('gives the same method to who asks again with the same token', async () => {
    const { add, list, attached } = await customer();
    const token = program.token('visa');
    standIn().fail(SETUP, 'stall_after', 'stall_after');
    expect((await add(token)).status).toBe(502);
    expect((await add(token)).status).toBe(201);
    expect([(await list()).length, attached().length]).toEqual([1, 1]);
  });

  it('answers a repeated Idempotency-Key with what came of it meanwhile', async () => {
    const { add, list } = await customer();
    const [token, key] = [program.token('visa'), { 'idempotency-key': 'once' }];
    standIn().fail(SETUP, 'stall_after', 'stall_after');
    expect((await add(token, key)).status).toBe(502);
    await program.reconcile('all');
    const [saved] = await list();
    const again = await add(token, key);
    expect([again.status, again.body.payment_method.id]).toEqual([201, saved.id]);
    expect((await add(token, key)).text).toBe(again.text);
  });

  it('makes one customer at Stripe, whenever its answer was lost', async () => {
    const { id, add, list } = await customer();
    standIn().fail('POST /v1/customers', 'stall_after', 'stall_after');
    expect((await add(program.token('visa'))).status).toBe(502);
    expect((await add(program.token('visa'))).status).toBe(201);
    await program.reconcile('all');
    const made = [...standIn().store.customers.values()].filter(
      (c) => c.metadata.clientele_customer_id === id,
    );
    expect(made).toHaveLength(1);
    // The first try never got to its set-up; taken up later, it was good after all.
    expect((await list()).length).toBe(2);
  });

  it('keeps a method whose removal was not heard of, until it was', async () => {
    const { add, api, list, attached } = await customer();
    const { id } = (await add(program.token('visa'))).body.payment_method;
    standIn().fail('POST /v1/payment_methods', 'reset_after', 'reset_after');
    expect((await api('DELETE', `${PATH}/${id}`)).status).toBe(502);
    expect(await list()).toMatchObject([{ id, is_default: true }]);
    await program.reconcile('all');
    expect([await list(), attached()]).toEqual([[], []]);
  });

  it('keeps the default until Stripe has the new one', async () => {
    const { add, api, list } = await customer();
    const first = (await add(program.token('visa'))).body.payment_method;
    const second = (await add(program.token('mastercard'))).body.payment_method;
    const defaults = async () =>
      (await list())
        .filter((m: { is_default: boolean }) => m.is_default)
        .map((m: { id: string }) => m.id);
    standIn().fail('POST /v1/customers/', 'error_before', 'error_before');
    expect((await api('POST', `${PATH}/${first.id}/default`)).status).toBe(502);
    expect(await defaults()).toEqual([second.id]);
    await program.reconcile('all');
    expect(await defaults()).toEqual([first.id]);
  });

  it('lets the last choice of a default win, whichever is heard of first', async () => {
    const { add, api, list } = await customer();
    const first = (await add(program.token('visa'))).body.payment_method;
    const second = (await add(program.token('mastercard'))).body.payment_method;
    standIn().fail('POST /v1/customers/', 'stall_before', 'stall_before');
    expect((await api('POST', `${PATH}/${first.id}/default`)).status).toBe(502);
    expect((await api('POST', `${PATH}/${second.id}/default`)).status).toBe(200);
    await program.reconcile('all');
    expect(await list()).toMatchObject([
      { id: second.id, is_default: true },
      { id: first.id, is_default: false },
    ]);
    const open = await program.database.owner(
      `select kind from payment_intents where status = 'pending'`,
    );
    expect(open).toEqual([]);
  });

  it('saves a method even if it cannot become the default yet', async () => {
    const { add, list } = await customer();
    await add(program.token('visa'));
    standIn().fail('POST /v1/customers/', 'limited');
    const added = await add(program.token('mastercard'));
    expect([added.status, added.body.payment_method.is_default]).toEqual([201, false]);
    await program.reconcile('all');
    expect(await list()).toMatchObject([{ is_default: true }, { is_default: false }]);
  });

  it('answers 502 to confirming, and confirms afterwards', async () => {
    const { add, api } = await customer();
    const secret: string = (await add(program.token('3ds'))).body.client_secret;
    await program.authenticate(secret, 'approve');
    const body = { setup_intent_id: secret.split('_secret_')[0] };
    standIn().fail('GET /v1/setup_intents', 'stall_before', 'stall_before');
    expect((await api('POST', `${PATH}/confirm`, body)).status).toBe(502);
    expect((await api('POST', `${PATH}/confirm`, body)).status).toBe(201);
  });
});

it('waits out a conflict of two requests under one key', async () => {
  const { add } = await customer();
  standIn().fail(SETUP, 'conflict');
  expect((await add(program.token('visa'))).status).toBe(201);
});

it('makes the customer anew that was removed at Stripe', async () => {
  const { add, attached, list, id } = await customer();
  await add(program.token('visa'));
  const at = [...standIn().store.customers.values()].find(
    (c) => c.metadata.clientele_customer_id === id,
  );
  standIn().store.deleteCustomer(at?.id ?? '');
  expect((await add(program.token('visa'))).status).toBe(400);
  expect((await add(program.token('visa'))).status).toBe(201);
  expect(attached()).toHaveLength(1);
  for (const event of standIn().store.events) await program.deliver(event);
  await program.settle();
  expect((await list()).length).toBe(1);
});

describe('a customer that was erased', () => {
  const erase = (id: string) => ws.api('DELETE', `/api/customers/${id}?anonymize=true`);
  const settled = async () => {
    for (let pass = 0; pass < 3; pass += 1) await program.reconcile('all');
    return program.database.owner(`select kind from payment_intents where status = 'pending'`);
  };

  it('keeps no method that was made while nobody heard of it', async () => {
    const { id, add, attached } = await customer();
    standIn().fail(SETUP, 'stall_after', 'stall_after');
    expect((await add(program.token('visa'))).status).toBe(502);
    expect(attached()).toHaveLength(1);
    await erase(id);
    expect(await settled()).toEqual([]);
    expect(attached()).toEqual([]);
    const rows = await program.database.owner(
      'select brand, last4 from payment_methods where customer_id = $1',
      [id],
    );
    expect(rows).toEqual([{ brand: null, last4: null }]);
  });

  it('is no one at Stripe even if nobody heard that it was made', async () => {
    const { id, add } = await customer();
    standIn().fail('POST /v1/customers', 'stall_after', 'stall_after');
    expect((await add(program.token('visa'))).status).toBe(502);
    await erase(id);
    expect(await settled()).toEqual([]);
    const at = [...standIn().store.customers.values()].filter(
      (c) => c.metadata.clientele_customer_id === id,
    );
    expect(at.map((c) => [c.email, c.name, c.address])).toEqual([[null, null, null]]);
  });

  it('gets no method that its bank approved afterwards', async () => {
    const { id, add, attached } = await customer();
    const { client_secret } = (await add(program.token('3ds'))).body;
    await erase(id);
    await program.authenticate(client_secret, 'approve');
    await program.deliver(standIn().store.events.at(-1) ?? {});
    await program.settle();
    expect(await settled()).toEqual([]);
    expect(attached()).toEqual([]);
  });
});

it('tells Stripe of a customer that changed its billing address', async () => {
  const { id, add, api } = await customer();
  await add(program.token('visa'));
  const billing_address = { line1: '1 Main St', city: 'Springfield', country: 'US', state: 'IL' };
  const changed = await api('PATCH', '/customers/me', { billing_address });
  expect(changed.status).toBe(200);
  await program.settle();
  const at = [...standIn().store.customers.values()].find(
    (c) => c.metadata.clientele_customer_id === id,
  );
  expect(at?.address).toEqual({ ...billing_address, state: 'US-IL' });
  expect(at?.name).toBe('The Team');
});
