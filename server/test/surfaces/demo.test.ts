import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../kit/call.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const demo = (body: object = {}, headers: Record<string, string> = {}) =>
  program.root('POST', '/admin/v1/demo', body, headers);
const as =
  (token: string) =>
  (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(program.url, method, path, { token, body, headers });

it('fills a workspace with what the awkward parts of the product need', async () => {
  const made = await demo();
  expect(made.status).toBe(201);
  const { workspace, token, counts } = made.body;
  expect(workspace.slug).toBe('demo');
  expect(counts.customers).toBeGreaterThanOrEqual(40);
  expect(workspace.customers).toBe(counts.customers - counts.archived);
  const api = as(token);
  const listed = await api('GET', '/api/customers/?limit=100');
  expect(listed.body.meta.total).toBe(workspace.customers);
  const members = listed.body.data.reduce(
    (n: number, c: { members: unknown[] }) => n + c.members.length,
    0,
  );
  expect(members).toBeGreaterThan(counts.customers);
  const meters = await api('GET', '/api/meters/');
  expect(meters.body.meta.total).toBe(counts.meters);
  const state = await api('GET', '/api/customers/external/crm-1001/state');
  expect(state.body.active_meters).toHaveLength(2);
  expect(
    state.body.active_meters.every((m: { consumed_units: number }) => m.consumed_units > 0),
  ).toBe(true);
  const events = await program.database.owner<{ n: number }>(
    'select count(*)::int as n from usage_events where workspace_id = $1',
    [workspace.id],
  );
  expect(events[0]?.n).toBe(counts.usage_events);
});

it('makes customers that every rule of the surface accepts', async () => {
  const { body } = await demo();
  const exported = await as(body.token)('GET', '/api/customers/export');
  const other = await program.workspace();
  const imported = await other.api('POST', '/api/customers/import', exported.text, {
    'content-type': 'text/csv',
  });
  expect(imported.text.trimEnd().split('\n').at(-1)).toBe(
    JSON.stringify({
      summary: { created: body.workspace.customers, updated: 0, unchanged: 0, failed: 0 },
    }),
  );
});

it('takes the next free slug, and refuses a named one that is in use', async () => {
  const first = await demo();
  const second = await demo({ name: 'Another' });
  expect(first.body.workspace.slug).toMatch(/^demo(-\d+)?$/);
  expect(second.body.workspace).toMatchObject({ name: 'Another' });
  expect(second.body.workspace.slug).not.toBe(first.body.workspace.slug);
  const named = await demo({ slug: first.body.workspace.slug.toUpperCase() });
  expect(named.status).toBe(422);
  expect(named.body.detail[0].loc).toEqual(['body', 'slug']);
});

it('is made once under one Idempotency-Key', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const [a, b] = await Promise.all([demo({}, headers), demo({}, headers)]);
  const made = [a, b].filter((r) => r.status === 201);
  expect(made).toHaveLength(1);
  expect([a, b].find((r) => r.status !== 201)?.status).toBe(409);
  const again = await demo({}, headers);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual(made[0]?.body);
});

it('archives customers so that they leave lists and export but keep their names', async () => {
  const { body } = await demo();
  const api = as(body.token);
  const archived = await api('GET', '/api/customers/external/crm-0007');
  expect(archived.status).toBe(200);
  expect((await api('GET', '/api/customers/?query=Former Glory')).body.meta.total).toBe(0);
  expect((await api('GET', '/api/customers/export')).text).not.toContain('Former Glory');
  const taken = await api('POST', '/api/customers/', {
    email: archived.body.email,
    external_id: 'crm-0007',
  });
  expect(taken.status).toBe(422);
  expect(taken.body.detail).toHaveLength(2);
  const [row] = await program.database.owner(
    'select status, status_before_archive, revision::int from customers where id = $1',
    [archived.body.id],
  );
  expect(row).toEqual({ status: 'ARCHIVED', status_before_archive: 'ACTIVE', revision: 2 });
  const audit = await program.root('GET', `/admin/v1/audit?customer_id=${archived.body.id}`);
  const change = audit.body.data.find((e: { before: unknown }) => e.before !== null);
  expect(change).toMatchObject({
    entity: 'customer',
    operation: 'demo_create',
    before: { status: 'ACTIVE', status_before_archive: null },
    after: { status: 'ARCHIVED', status_before_archive: 'ACTIVE' },
  });
  const told = await program.database.owner<{ type: string }>(
    `select type from outbox where customer_id = $1 union all
     select type from events where customer_id = $1`,
    [archived.body.id],
  );
  expect(told.map((e) => e.type)).toContain('customer.archived');
});
