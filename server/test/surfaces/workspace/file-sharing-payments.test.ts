import { afterAll, beforeAll, expect, it } from 'vitest';
import { allJobs } from '../../../src/jobs/index.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { customer, NOBODY, problems, TIME, UUID4 } from './common.ts';

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
});
afterAll(() => program.close());

const SESSIONS = '/api/file-sharing/sessions';
const share = (fields: object = {}) => ws.api('POST', SESSIONS, fields);
const get = async (id: string) => (await ws.api('GET', `${SESSIONS}/${id}`)).body;
const pay = (id: string, body: object) => ws.api('POST', `${SESSIONS}/${id}/payments`, body);

async function received(id: string) {
  await allJobs(program.app)
    .find((j) => j.name === 'sequence_events')
    ?.run();
  const { body } = await ws.api('GET', '/api/events?limit=1000');
  return body.data.filter(
    (e: { type: string; data: { id: string } }) =>
      e.type === 'file_sharing_session.payment_received' && e.data.id === id,
  );
}

it('notes payments in the currency of the session unless they name theirs', async () => {
  const { id } = (await share({ currency: 'eur', price_cents: 500 })).body;
  const first = await pay(id, { amount_cents: 500 });
  expect(first.status, first.text).toBe(201);
  expect(first.body).toEqual({
    ...{ id: expect.stringMatching(UUID4), created_at: expect.stringMatching(TIME) },
    ...{ modified_at: null, session_id: id, status: 'pending', amount_cents: 500 },
    ...{ currency: 'eur', platform_fee_cents: 0, stripe_checkout_session_id: null },
    ...{ stripe_payment_intent_id: null, buyer_email: null, buyer_name: null },
  });
  const given = {
    ...{ status: 'completed', amount_cents: 700, currency: 'jpy', platform_fee_cents: 70 },
    ...{ stripe_checkout_session_id: 'cs_1', stripe_payment_intent_id: 'pi_1' },
    ...{ buyer_email: 'Ann@example.com', buyer_name: 'Ann' },
  };
  const second = await pay(id, { ...given, buyer_name: ' Ann ' });
  expect(second.body).toMatchObject(given);
  expect((await ws.api('GET', `${SESSIONS}/${id}/payments`)).body).toEqual([
    first.body,
    second.body,
  ]);
  const [event, ...more] = await received(id);
  const { buyer_email: _email, buyer_name: _name, ...shown } = second.body;
  expect([event.data, more]).toEqual([{ ...(await get(id)), payment: shown }, []]);
});

it('moves payments from one status to the next, and receives them once', async () => {
  const { id } = (await share()).body;
  const other = (await share()).body.id;
  const { id: payment } = (await pay(id, { amount_cents: 1 })).body;
  const path = `${SESSIONS}/${id}/payments/${payment}`;
  const to = (status: unknown) => ws.api('PATCH', path, { status });
  expect(problems(await to('refunded'))).toEqual(['value_error at body.status']);
  expect((await to('failed')).body.status).toBe('failed');
  expect((await to(null)).body.status).toBe('failed');
  const done = (await to('completed')).body;
  expect(done).toMatchObject({ status: 'completed', modified_at: expect.stringMatching(TIME) });
  expect((await to('completed')).body).toEqual(done);
  expect(await received(id)).toHaveLength(1);
  expect((await to('refunded')).body.status).toBe('refunded');
  expect(problems(await to('completed'))).toEqual(['value_error at body.status']);
  expect(await received(id)).toHaveLength(1);
  const astray = await ws.api('PATCH', `${SESSIONS}/${other}/payments/${payment}`, {});
  expect(astray.status).toBe(404);
});

it('refuses fees beyond the amount and strangers, and takes an id of Stripe once', async () => {
  const [{ id }, other] = [(await share()).body, await program.workspace()];
  const bad = async (fields: object) =>
    problems(await pay(id, { amount_cents: 10, ...fields })).toSorted();
  expect(await bad({ platform_fee_cents: 11 })).toEqual(['value_error at body.platform_fee_cents']);
  for (const field of ['stripe_checkout_session_id', 'stripe_payment_intent_id']) {
    const first = await pay(id, { amount_cents: 1, [field]: 'once' });
    const again = await Promise.all(
      [1, 2, 3].map(() => pay(id, { amount_cents: 9, status: 'completed', [field]: 'once' })),
    );
    for (const reply of again) expect([reply.status, reply.text]).toEqual([201, first.text]);
    const elsewhere = await pay((await share()).body.id, { amount_cents: 1, [field]: 'once' });
    expect(problems(elsewhere)).toEqual([`value_error at body.${field}`]);
  }
  for (const customer_id of [NOBODY, (await customer(other)).id]) {
    expect(await bad({ customer_id })).toEqual(['value_error at body.customer_id']);
  }
  expect(
    await bad({ amount_cents: -1, currency: 'xxx', status: 'paid', buyer_email: 'x' }),
  ).toEqual([
    ...['enum at body.currency', 'enum at body.status', 'greater_than_equal at body.amount_cents'],
    'value_error at body.buyer_email',
  ]);
  expect(problems(await pay(id, {}))).toEqual(['missing at body.amount_cents']);
});

it('forgets who paid when that customer is erased, by id or by any address it had', async () => {
  const { id } = (await share()).body;
  const made = await customer(ws, { email: 'buyer-old@example.com', name: 'Buyer' });
  await ws.api('PATCH', `/api/customers/${made.id}`, { email: 'buyer-new@example.com' });
  const buyers = [
    { buyer_email: 'private@example.com', buyer_name: 'B', customer_id: made.id },
    { buyer_email: 'Buyer-OLD@example.com', buyer_name: 'B' },
    { buyer_email: 'buyer-new@example.com', buyer_name: 'B' },
    { buyer_email: 'stranger@example.com', buyer_name: 'S' },
  ];
  const key = { 'idempotency-key': 'a payment once' };
  for (const [i, buyer] of buyers.entries()) {
    const body = { amount_cents: 1, status: 'completed', ...buyer };
    const header = i === 0 ? key : undefined;
    expect((await ws.api('POST', `${SESSIONS}/${id}/payments`, body, header)).status).toBe(201);
  }
  const gone = await ws.api('DELETE', `/api/customers/${made.id}?anonymize=true`);
  expect(gone.status).toBe(204);
  const { body } = await ws.api('GET', `${SESSIONS}/${id}/payments`);
  expect(body.map((p: { buyer_email: string }) => p.buyer_email)).toEqual([
    ...[null, null, null, 'stranger@example.com'],
  ]);
  expect(body.map((p: { buyer_name: string }) => p.buyer_name)).toEqual([null, null, null, 'S']);
  const rows = await program.database.owner<{ t: string }>(
    `select coalesce(string_agg(e::text, ''), '') as t from (
         select to_jsonb(e) as e from events e union all select to_jsonb(o) from outbox o
         union all select to_jsonb(a) from audit_log a
         union all select to_jsonb(p) from audit_personal p) e`,
  );
  for (const trace of ['private@example.com', 'buyer-old@']) {
    expect(rows[0]?.t.toLowerCase()).not.toContain(trace);
  }
  const late = { amount_cents: 1, customer_id: made.id };
  expect(problems(await pay(id, late))).toEqual(['value_error at body.customer_id']);
});
