import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, list, NOBODY, problems } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('deletes a customer: 404 everywhere, and its email and external id are free (39)', async () => {
  const ws = await program.workspace();
  const fields = { email: 'again@example.com', external_id: 'again', metadata: { a: 1 } };
  const made = await customer(ws, fields);
  const reply = await ws.api('DELETE', `/api/customers/${made.id}`);
  expect([reply.status, reply.text]).toEqual([204, '']);
  expect(reply.headers.get('content-type')).toBe(null);
  for (const path of [`/api/customers/${made.id}`, '/api/customers/external/again']) {
    for (const [method, tail, body] of [
      ['GET', '', undefined],
      ['GET', '/state', undefined],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
    ] as const) {
      const gone = await ws.api(method, path + tail, body);
      expect([method, path, gone.status]).toEqual([method, path, 404]);
    }
  }
  expect((await list(ws)).meta.total).toBe(0);
  expect((await ws.api('GET', '/api/customers/export')).text).not.toContain('again@example.com');
  const member = made.members[0].id;
  expect((await ws.api('GET', `/api/members/${member}`)).status).toBe(404);
  expect((await ws.api('PATCH', `/api/members/${member}`, { name: 'x' })).status).toBe(404);
  expect((await ws.api('GET', '/api/members/')).body.meta.total).toBe(0);
  const meter = await ws.api('POST', '/api/meters/', { name: 'm', aggregation: { type: 'count' } });
  const credits = `/api/customers/${made.id}/meters/${meter.body.id}/credits`;
  expect((await ws.api('POST', credits, { units: 1 })).status).toBe(404);
  const event = { name: 'x', customer_id: made.id };
  expect(problems(await ws.api('POST', '/api/events/ingest', { events: [event] }))).toEqual([
    'value_error at body.events.0.customer_id',
  ]);
  const again = await customer(ws, fields);
  expect(again.id).not.toBe(made.id);
});

it('keeps what a plain deletion keeps: email, name, and the external id in metadata (39)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, {
    email: 'k@example.com',
    name: 'Kept',
    external_id: 'old-id',
    metadata: { a: 1 },
  });
  expect((await ws.api('DELETE', '/api/customers/external/old-id')).status).toBe(204);
  const [row] = await program.database.owner(
    'select email, name, external_id, metadata, deleted_at is not null as deleted, anonymized_at from customers where id = $1',
    [made.id],
  );
  expect(row).toEqual({
    ...{
      email: 'k@example.com',
      name: 'Kept',
      external_id: null,
      deleted: true,
      anonymized_at: null,
    },
    metadata: { a: 1, __external_id: 'old-id' },
  });
  const events = (await ws.api('GET', '/api/events')).body.data;
  expect(events.at(-1)).toMatchObject({ type: 'customer.deleted', customer_id: made.id });
  expect(events.at(-1).data).toMatchObject({
    external_id: null,
    metadata: { __external_id: 'old-id' },
  });
  expect(events.at(-1).data.deleted_at).not.toBe(null);
});

it('stores a keyed hash in place of email and name when it anonymises (40)', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const fields = {
    ...{
      email: 'Erase.Me@example.com',
      name: 'Erase Me',
      external_id: 'erase',
      metadata: { pii: 'x' },
    },
    billing_address: { country: 'DE', line1: 'Street 1' },
  };
  const rows = [];
  for (const owner of [ws, other]) {
    const made = await customer(owner, fields);
    await program.database.owner(
      "update customers set billing_name = 'Erase Me', tags = '{a}', tax_identifiers = '{\"eu_vat\": \"DE1\"}', custom_fields = '{\"a\": 1}', email_verified = true where id = $1",
      [made.id],
    );
    expect((await owner.api('DELETE', `/api/customers/${made.id}?anonymize=true`)).status).toBe(
      204,
    );
    const [row] = await program.database.owner<Record<string, unknown>>(
      'select * from customers where id = $1',
      [made.id],
    );
    rows.push(row as Record<string, unknown>);
    const { data } = (await owner.api('GET', '/api/events')).body;
    expect(data.at(-1)).toMatchObject({
      type: 'customer.deleted',
      data: { email: row?.email, name: row?.name, external_id: null, billing_address: null },
    });
  }
  const [row, elsewhere] = rows as [Record<string, unknown>, Record<string, unknown>];
  expect(row.email).toMatch(/^[0-9a-f]{64}@redacted\.invalid$/);
  expect(row.name).toMatch(/^[0-9a-f]{64}$/);
  expect(row.billing_name).toBe(row.name);
  expect(row).toMatchObject({
    ...{ email_verified: false, external_id: null, billing_address: null, tags: [] },
    ...{
      tax_identifiers: {},
      custom_fields: {},
      metadata: { __anonymized_at: expect.any(String) },
    },
  });
  expect(Object.keys(row.metadata as object)).toEqual(['__anonymized_at']);
  expect(row.deleted_at).not.toBe(null);
  // Two workspaces cannot tell that they erased the same person.
  expect(elsewhere.email).not.toBe(row.email);
  const member = await program.database.owner(
    'select email, name, external_id, deleted_at is null as live from members where customer_id = $1',
    [row.id],
  );
  expect(member).toEqual([
    {
      email: expect.stringMatching(/@redacted\.invalid$/),
      name: row.name,
      external_id: null,
      live: false,
    },
  ]);
  // Freed like any deleted one's.
  await customer(ws, fields);
});

it('answers a second deletion or anonymisation with 404 (41)', async () => {
  const ws = await program.workspace();
  for (const first of ['', '?anonymize=true']) {
    for (const second of ['', '?anonymize=true']) {
      const made = await customer(ws, { external_id: `twice${first}${second}` });
      const path = `/api/customers/${made.id}`;
      expect((await ws.api('DELETE', path + first)).status).toBe(204);
      expect((await ws.api('DELETE', path + second)).status).toBe(404);
    }
  }
  expect((await ws.api('DELETE', `/api/customers/${NOBODY}?anonymize=true`)).status).toBe(404);
  expect((await ws.api('DELETE', '/api/customers/external/none?anonymize=1')).status).toBe(404);
  expect(problems(await ws.api('DELETE', `/api/customers/${NOBODY}?anonymize=maybe`))).toEqual([
    'bool_parsing at query.anonymize',
  ]);
});
