import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, list, NOBODY, problems } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const key = (value: string = randomUUID()) => ({ 'idempotency-key': value });

it('gives the first answer again for the same key and body, with one effect (decision 15)', async () => {
  const ws = await program.workspace();
  const header = key();
  const post = (body: object = { email: 'once@example.com' }) =>
    ws.api('POST', '/api/customers/', body, header);
  const first = await post();
  expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
  await ws.api('PATCH', `/api/customers/${first.body.id}`, { name: 'Later' });
  const second = await post();
  expect([second.status, second.text]).toEqual([201, first.text]);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  for (const name of ['content-type', 'etag', 'x-content-type-options', 'cache-control']) {
    expect([name, second.headers.get(name)]).toEqual([name, first.headers.get(name)]);
  }
  expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  expect((await list(ws)).meta.total).toBe(1);
  expect((await ws.api('GET', '/api/events')).body.data).toHaveLength(2);
});

it('refuses the key for another body, query, path or method with 409', async () => {
  const ws = await program.workspace();
  const header = key();
  const made = await ws.api('POST', '/api/customers/', { email: 'k@example.com' }, header);
  for (const [method, path, body] of [
    ['POST', '/api/customers/', { email: 'other@example.com' }],
    ['POST', '/api/customers/?include_members=false', { email: 'k@example.com' }],
    ['PATCH', `/api/customers/${made.body.id}`, { email: 'k@example.com' }],
    ['DELETE', `/api/customers/${made.body.id}`, undefined],
  ] as const) {
    const reply = await ws.api(method, path, body, header);
    expect([method, path, reply.status]).toEqual([method, path, 409]);
    expect(reply.body).toEqual({ error: 'IdempotencyKeyReused', detail: expect.any(String) });
    expect(reply.headers.get('idempotent-replayed')).toBe(null);
  }
  expect((await ws.api('GET', `/api/customers/${made.body.id}`)).body).toEqual(made.body);
});

it('keeps refusals of rules as well: 404, 409, 412 and 422', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'held@example.com' });
  const cases = [
    ['POST', '/api/customers/', { email: 'held@example.com' }, {}, 422],
    ['PATCH', `/api/customers/${NOBODY}`, { name: 'x' }, {}, 404],
    ['DELETE', `/api/customers/${NOBODY}`, undefined, {}, 404],
    ['PATCH', `/api/customers/${made.id}`, { name: 'x' }, { 'if-match': '"no"' }, 412],
  ] as const;
  const replies = [];
  for (const [method, path, body, headers, status] of cases) {
    const header = { ...key(), ...headers };
    const first = await ws.api(method, path, body, header);
    expect([method, path, first.status]).toEqual([method, path, status]);
    replies.push({ method, path, body, header, text: first.text, status });
  }
  await ws.api('DELETE', `/api/customers/${made.id}`);
  for (const { method, path, body, header, text, status } of replies) {
    const again = await ws.api(method, path, body, header);
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([
      status,
      text,
      'true',
    ]);
  }
});

it('does not keep what says nothing of the request itself: 401, 403, and input nobody could mean', async () => {
  const [reader, ws] = [await program.workspace(['customers:read']), await program.workspace()];
  const header = key();
  expect(
    (await reader.api('POST', '/api/customers/', { email: 'a@example.com' }, header)).status,
  ).toBe(403);
  expect(
    (await reader.api('POST', '/api/customers/', { email: 'b@example.com' }, header)).status,
  ).toBe(403);
  expect(problems(await ws.api('POST', '/api/customers/', { email: 'no' }, header))).toHaveLength(
    1,
  );
  expect(
    (await ws.api('POST', '/api/customers/', { email: 'yes@example.com' }, header)).status,
  ).toBe(201);

  const blocked = key();
  await program.root('PATCH', `/admin/v1/workspaces/${ws.id}`, { blocked: true });
  expect(
    (await ws.api('POST', '/api/customers/', { email: 'c@example.com' }, blocked)).status,
  ).toBe(401);
  await program.root('PATCH', `/admin/v1/workspaces/${ws.id}`, { blocked: false });
  expect(
    (await ws.api('POST', '/api/customers/', { email: 'c@example.com' }, blocked)).status,
  ).toBe(201);
});

it('answers a failure of its own with a plain 500, keeps nothing of it and does it when asked again', async () => {
  const ws = await program.workspace();
  const header = key();
  const create = () =>
    ws.api('POST', '/api/customers/', { email: 'half@example.com', name: 'Half' }, header);
  await program.database.owner('revoke insert on members from clientele_app');
  const failed = await create();
  await program.database.owner('grant insert on members to clientele_app');
  expect([failed.status, failed.text]).toEqual([500, 'Internal Server Error']);
  expect(failed.headers.get('content-type')).toContain('text/plain');
  const line = program.logged.find((l) => l.includes(failed.headers.get('x-request-id') as string));
  expect(JSON.parse(line as string)).toMatchObject({ level: 'error', status: 500, code: '42501' });
  expect(line).not.toMatch(/half/i);
  expect((await list(ws)).meta.total).toBe(0);
  expect((await ws.api('GET', '/api/events')).body.data).toEqual([]);
  const again = await create();
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
});

it('keeps a key for 24 hours and then takes it as new, for answers and refusals', async () => {
  const ws = await program.workspace();
  const age = (interval: string) =>
    program.database.owner(
      `update idempotency_keys set created_at = now() - interval '${interval}' where workspace_id = $1`,
      [ws.id],
    );
  const [made, refused] = [key(), key()];
  const create = (header: Record<string, string>) =>
    ws.api('POST', '/api/customers/', { email: 'day@example.com' }, header);
  const first = await create(made);
  const clash = await create(refused);
  expect([first.status, clash.status]).toEqual([201, 422]);
  await age('23 hours 59 minutes');
  expect((await create(made)).text).toBe(first.text);
  expect((await create(refused)).headers.get('idempotent-replayed')).toBe('true');
  await age('24 hours 1 minute');
  const later = await create(made);
  expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([422, null]);
  expect((await create(made)).headers.get('idempotent-replayed')).toBe('true');
  await ws.api('DELETE', `/api/customers/${first.body.id}`);
  const fresh = await create(refused);
  expect([fresh.status, fresh.headers.get('idempotent-replayed')]).toEqual([201, null]);
});

it('has one effect and one answer for parallel requests with the same key', async () => {
  const ws = await program.workspace();
  const { id } = await customer(ws, { external_id: 'par' });
  const meter = await ws.api('POST', '/api/meters/', { name: 'm', aggregation: { type: 'count' } });
  const calls: [string, string, object | undefined][] = [
    ['POST', '/api/members/', { customer_id: id, email: 'm@example.com' }],
    ['POST', `/api/customers/${id}/meters/${meter.body.id}/credits`, { units: 3 }],
    ['POST', '/api/events/ingest', { events: [{ name: 'x', customer_id: id }] }],
    ['PATCH', `/api/customers/${id}`, { name: 'N' }],
    ['DELETE', `/api/customers/${id}`, undefined],
  ];
  for (const [method, path, body] of calls) {
    const header = key();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => ws.api(method, path, body, header)),
    );
    expect([path, new Set(replies.map((r) => `${r.status} ${r.text}`)).size]).toEqual([path, 1]);
    expect(replies[0]?.status).toBeLessThan(300);
    expect(replies.filter((r) => r.headers.get('idempotent-replayed') === null)).toHaveLength(1);
  }
  const log = (await ws.api('GET', '/api/events')).body.data.map((e: { type: string }) => e.type);
  expect(log).toEqual([
    ...['customer.created', 'meter.created', 'member.created', 'meter.credited'],
    ...['usage.ingested', 'customer.updated', 'customer.deleted'],
  ]);
});

it('keeps keys apart by credential, and across a 204', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const header = key('the same in both');
  const a = await ws.api('POST', '/api/customers/', { email: 'a@example.com' }, header);
  const b = await other.api('POST', '/api/customers/', { email: 'b@example.com' }, header);
  expect([a.status, b.status]).toEqual([201, 201]);
  const second = await program.root('POST', `/admin/v1/workspaces/${ws.id}/credentials`, {
    kind: 'access_token',
    name: '2',
    scopes: ['*'],
  });
  const { call } = await import('../../kit/call.ts');
  const c = await call(program.url, 'POST', '/api/customers/', {
    token: second.body.token,
    body: { email: 'c@example.com' },
    headers: header,
  });
  expect(c.status).toBe(201);
  const gone = key();
  const path = `/api/customers/${a.body.id}`;
  for (const replayed of [null, 'true']) {
    const reply = await ws.api('DELETE', path, undefined, gone);
    expect([reply.status, reply.text, reply.headers.get('idempotent-replayed')]).toEqual([
      204,
      '',
      replayed,
    ]);
  }
});

it('refuses a key that is empty or longer than 255 characters', async () => {
  const ws = await program.workspace();
  const post = (value: string) =>
    ws.api('POST', '/api/customers/', { email: 'k@example.com' }, key(value));
  expect(problems(await post('k'.repeat(256)))).toEqual(['value_error at header.Idempotency-Key']);
  expect(problems(await post(''))).toEqual(['value_error at header.Idempotency-Key']);
  expect((await post('k'.repeat(255))).status).toBe(201);
});

it('ignores the key on a read', async () => {
  const ws = await program.workspace();
  const header = key();
  await ws.api('GET', '/api/customers/', undefined, header);
  await customer(ws);
  const reply = await ws.api('GET', '/api/customers/', undefined, header);
  expect([reply.body.meta.total, reply.headers.get('idempotent-replayed')]).toEqual([1, null]);
});
