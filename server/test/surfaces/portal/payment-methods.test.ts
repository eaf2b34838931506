import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PaymentsProgram, startPayments } from '../../kit/payments.ts';
import type { TestWorkspace } from '../../kit/program.ts';
import { newTeam, portal } from './portal-kit.ts';

const PATH = '/payment-methods';
const RETURN = 'http://localhost:3000/done';

describe.each(['sandbox', 'stripe'] as const)('payment methods through %s', (provider) => {
  let program: PaymentsProgram;
  let ws: TestWorkspace;
  beforeAll(async () => {
    program = await startPayments(provider);
    ws = await program.workspace();
  });
  afterAll(() => program.close());

  async function customer() {
    const team = await newTeam(ws);
    const api = portal(program, team.customerToken);
    const add = (kind: Parameters<PaymentsProgram['token']>[0], more: object = {}, headers = {}) =>
      api(
        'POST',
        PATH,
        { confirmation_token_id: program.token(kind), return_url: RETURN, ...more },
        headers,
      );
    const list = async () => (await api('GET', PATH)).body;
    return { team, api, add, list };
  }

  it('saves a method at once where the bank asks for nothing', async () => {
    const { add, list } = await customer();
    expect(await list()).toEqual([]);
    const added = await add('visa');
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      status: 'succeeded',
      payment_method: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        created_at: expect.any(String),
        modified_at: null,
        processor: 'stripe',
        type: 'card',
        brand: 'visa',
        last4: '4242',
        exp_month: 12,
        exp_year: expect.any(Number),
        is_default: true,
      },
    });
    expect(await list()).toEqual([added.body.payment_method]);
  });

  it('lists the newest first, and keeps the default where a new one is not to be it', async () => {
    const { add, list } = await customer();
    await add('visa');
    const second = await add('mastercard', { set_default: false });
    expect(second.body.payment_method.is_default).toBe(false);
    expect((await list()).map((m: { brand: string; is_default: boolean }) => m.brand)).toEqual([
      'mastercard',
      'visa',
    ]);
    await add('mastercard');
    expect((await list()).map((m: { is_default: boolean }) => m.is_default)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('saves nothing before the customer went to its bank, and the same method however often it is confirmed', async () => {
    const { add, list, api } = await customer();
    const asked = await add('3ds');
    expect(asked.status).toBe(201);
    expect(asked.body).toEqual({ status: 'requires_action', client_secret: expect.any(String) });
    expect(await list()).toEqual([]);
    const secret: string = asked.body.client_secret;
    const setup_intent_id = secret.split('_secret_')[0];
    const early = await api('POST', `${PATH}/confirm`, { setup_intent_id });
    expect([early.status, early.body]).toEqual([201, asked.body]);

    await program.authenticate(secret, 'approve');
    const first = await api('POST', `${PATH}/confirm`, { setup_intent_id });
    expect(first.status).toBe(201);
    expect(first.body.status).toBe('succeeded');
    expect(first.body.payment_method).toMatchObject({ last4: '3220', is_default: true });
    const again = await api('POST', `${PATH}/confirm`, { setup_intent_id });
    expect(again.body.payment_method.id).toBe(first.body.payment_method.id);
    expect(await list()).toHaveLength(1);
  });

  it('saves a method that the bank approved, even if the customer never came back', async () => {
    const { add, list } = await customer();
    const asked = await add('3ds', { set_default: false });
    await program.authenticate(asked.body.client_secret, 'approve');
    for (const event of program.standIn?.store.events ?? []) await program.deliver(event);
    await program.settle();
    expect(await list()).toMatchObject([{ last4: '3220', is_default: false }]);
  });

  it('refuses a set-up that the bank refused', async () => {
    const { add, list, api } = await customer();
    const secret: string = (await add('3ds')).body.client_secret;
    await program.authenticate(secret, 'refuse');
    const setup_intent_id = secret.split('_secret_')[0];
    const refused = await api('POST', `${PATH}/confirm`, { setup_intent_id });
    expect([refused.status, refused.body.error]).toEqual([400, 'PaymentMethodError']);
    expect(await list()).toEqual([]);
  });

  it.each([
    ['declined', 'Your card was declined.'],
    ['insufficient_funds', 'Your card has insufficient funds.'],
  ] as const)('tells the customer why a card was %s', async (kind, detail) => {
    const { add, list } = await customer();
    const { status, body } = await add(kind);
    expect([status, body]).toEqual([400, { error: 'PaymentMethodError', detail }]);
    expect(await list()).toEqual([]);
  });

  it('refuses a token it does not know', async () => {
    const { add } = await customer();
    const { status, body } = await add('unknown');
    expect([status, body.error]).toEqual([400, 'PaymentMethodError']);
  });

  it('confirms no set-up of another customer, and none before a method was added', async () => {
    const [mine, other] = [await customer(), await customer()];
    const setup_intent_id = (await other.add('3ds')).body.client_secret.split('_secret_')[0];
    const confirm = (id: string) => mine.api('POST', `${PATH}/confirm`, { setup_intent_id: id });
    const unready = await confirm(setup_intent_id);
    expect([unready.status, unready.body.error]).toEqual([400, 'CustomerNotReady']);
    await mine.add('visa');
    const foreign = await confirm(setup_intent_id);
    const unknown = await confirm('seti_unknown');
    expect([foreign.status, foreign.body.error]).toEqual([400, 'PaymentMethodError']);
    expect(unknown.text).toBe(foreign.text);
  });

  it('moves the default, at the processor too', async () => {
    const { add, list, api } = await customer();
    const first = (await add('visa')).body.payment_method;
    const second = (await add('mastercard')).body.payment_method;
    const moved = await api('POST', `${PATH}/${first.id}/default`);
    expect([moved.status, moved.body.id, moved.body.is_default]).toEqual([200, first.id, true]);
    expect(
      (await list()).map((m: { id: string; is_default: boolean }) => [m.id, m.is_default]),
    ).toEqual([
      [second.id, false],
      [first.id, true],
    ]);
    if (program.standIn === undefined) return;
    const at = [...program.standIn.store.customers.values()].at(-1);
    const method = program.standIn.store.methods.get(
      at?.invoice_settings.default_payment_method ?? '',
    );
    expect(method?.card.brand).toBe('visa');
  });

  it('leaves no default after the default was removed, and promotes no other', async () => {
    const { add, list, api } = await customer();
    await add('visa');
    const second = (await add('mastercard')).body.payment_method;
    expect((await api('DELETE', `${PATH}/${second.id}`)).status).toBe(204);
    expect(await list()).toMatchObject([{ brand: 'visa', is_default: false }]);
    if (program.standIn === undefined) return;
    const at = [...program.standIn.store.customers.values()].at(-1);
    expect(program.standIn.store.attached(at?.id ?? '')).toHaveLength(1);
    expect(at?.invoice_settings.default_payment_method).toBeNull();
  });

  it('does not bring a removed method back by confirming its set-up again', async () => {
    const { add, list, api } = await customer();
    const secret: string = (await add('3ds')).body.client_secret;
    await program.authenticate(secret, 'approve');
    const confirm = { setup_intent_id: secret.split('_secret_')[0] };
    const { id } = (await api('POST', `${PATH}/confirm`, confirm)).body.payment_method;
    expect((await api('DELETE', `${PATH}/${id}`)).status).toBe(204);
    expect((await api('POST', `${PATH}/confirm`, confirm)).status).toBe(400);
    expect(await list()).toEqual([]);
  });

  it('answers 403 to removing and 404 to choosing what is not the customer’s', async () => {
    const [mine, other] = [await customer(), await customer()];
    const theirs = (await other.add('visa')).body.payment_method.id;
    const own = (await mine.add('visa')).body.payment_method.id;
    await mine.api('DELETE', `${PATH}/${own}`);
    for (const id of [theirs, own, randomUUID()]) {
      const removed = await mine.api('DELETE', `${PATH}/${id}`);
      expect([removed.status, removed.body.error]).toEqual([403, 'NotPermitted']);
      const chosen = await mine.api('POST', `${PATH}/${id}/default`);
      expect([chosen.status, chosen.body.error]).toEqual([404, 'PaymentMethodError']);
    }
    expect(await other.list()).toHaveLength(1);
  });

  it('lets in the customer, owners and billing managers, and no other member', async () => {
    const { team } = await customer();
    const [manager, member] = [await team.add('billing_manager'), await team.add('member')];
    for (const token of [team.customerToken, team.owner.token, manager.token]) {
      expect((await portal(program, token)('GET', PATH)).status).toBe(200);
    }
    const refused = await portal(program, member.token)('GET', PATH);
    expect([refused.status, refused.body.error]).toEqual([403, 'NotPermitted']);
  });

  it('gives one answer to one Idempotency-Key, and has one effect', async () => {
    const { add, list, api } = await customer();
    const body = { confirmation_token_id: program.token('visa'), return_url: RETURN };
    const headers = { 'idempotency-key': randomUUID() };
    const first = await api('POST', PATH, body, headers);
    const again = await api('POST', PATH, body, headers);
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await list()).toHaveLength(1);
    const other = await api('POST', PATH, { ...body, set_default: false }, headers);
    expect([other.status, other.body.error]).toEqual([409, 'IdempotencyKeyReused']);
    expect(await list()).toHaveLength(1);

    const key = { 'idempotency-key': randomUUID() };
    const declined = await add('declined', { confirmation_token_id: 'ctoken_declined' }, key);
    const replay = await add('declined', { confirmation_token_id: 'ctoken_declined' }, key);
    expect([declined.status, replay.text]).toEqual([400, declined.text]);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');

    const gone = { 'idempotency-key': randomUUID() };
    const path = `${PATH}/${first.body.payment_method.id}`;
    expect((await api('DELETE', path, undefined, gone)).status).toBe(204);
    expect((await api('DELETE', path, undefined, gone)).status).toBe(204);
    expect((await api('DELETE', path)).status).toBe(403);
  });

  it('has one effect and one answer for many requests at once with one Idempotency-Key', async () => {
    const { list, api } = await customer();
    const body = { confirmation_token_id: program.token('visa'), return_url: RETURN };
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api('POST', PATH, body, headers)),
    );
    const done = answers.filter((a) => a.status === 201);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map((a) => a.text)).size).toBe(1);
    expect(answers.filter((a) => ![201, 409, 502].includes(a.status))).toEqual([]);
    expect((await api('POST', PATH, body, headers)).text).toBe(done[0]?.text);
    expect(await list()).toHaveLength(1);
  });

  it.each([
    '../customers',
    '..',
    'seti_',
    'x/y',
    '%00',
    'seti_x?expand[]=customer',
    'x'.repeat(255),
  ])('refuses %s as a set-up', async (setup_intent_id) => {
    const { add, api } = await customer();
    await add('visa');
    const refused = await api('POST', `${PATH}/confirm`, { setup_intent_id });
    expect([refused.status, refused.body.error]).toEqual([400, 'PaymentMethodError']);
  });

  it('takes all that is known of methods away when the customer is erased, and off the processor', async () => {
    const { team, add } = await customer();
    await add('visa');
    const erased = await ws.api('DELETE', `/api/customers/${team.id}?anonymize=true`);
    expect(erased.status).toBe(204);
    const rows = await program.database.owner(
      `select brand, last4, exp_month, exp_year, funding, wallet, is_default,
         deleted_at is null as live from payment_methods where customer_id = $1`,
      [team.id],
    );
    expect(rows).toEqual([
      {
        ...{ brand: null, last4: null, exp_month: null, exp_year: null, funding: null },
        ...{ wallet: null, is_default: false, live: false },
      },
    ]);
    await program.reconcile();
    const open = await program.database.owner(
      `select kind from payment_intents where customer_id = $1 and status = 'pending'`,
      [team.id],
    );
    expect(open).toEqual([]);
    const at = [...(program.standIn?.store.customers.values() ?? [])].at(-1);
    if (at === undefined) return;
    expect([at.email, at.name, program.standIn?.store.attached(at.id)]).toEqual([null, null, []]);
  });
});
