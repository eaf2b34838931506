import { afterAll, beforeAll, expect, it } from 'vitest';
import { allJobs } from '../../../src/jobs/index.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, problems, TIME } from '../workspace/common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

interface Row {
  seq: number;
  operation: string;
  entity: string;
  entity_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  personal: string[];
}
const trail = async (query: string): Promise<Row[]> =>
  (await program.root('GET', `/admin/v1/audit?${query}`)).body.data;

it('tells who changed what of a customer, from what to what, and which fields are personal', async () => {
  const ws = await program.workspace();
  const post = await ws.api('POST', '/api/customers/', {
    email: 'a@example.com',
    name: 'A',
    metadata: { k: 1 },
    type: 'team',
  });
  const id = post.body.id;
  const patch = await ws.api('PATCH', `/api/customers/${id}`, { name: 'B', metadata: { k: 1 } });
  await ws.api('PATCH', `/api/customers/${id}`, { name: 'B' });
  await ws.api('PATCH', `/api/customers/${id}`, { type: 'individual' });
  await ws.api('DELETE', `/api/customers/${id}`);
  const rows = await trail(`customer_id=${id}`);
  expect(rows.map((r) => r.operation)).toEqual([
    'customers_delete',
    'customers_update',
    'customers_create',
  ]);
  const [deleted, updated, created] = rows as [Row, Row, Row];
  expect(created).toEqual({
    ...{ workspace_id: ws.id, seq: expect.any(Number), at: expect.stringMatching(TIME) },
    actor: { kind: 'credential', id: ws.credentialId, name: 'test' },
    ...{
      surface: 'workspace',
      operation: 'customers_create',
      request_id: post.headers.get('x-request-id'),
    },
    ...{ entity: 'customer', entity_id: id, customer_id: id, before: null },
    after: expect.objectContaining({
      email: 'a@example.com',
      name: 'A',
      metadata: { k: 1 },
      type: 'team',
    }),
    personal: expect.arrayContaining(['email', 'name', 'metadata']),
  });
  expect(updated).toMatchObject({
    before: { name: 'A' },
    after: { name: 'B' },
    personal: ['name'],
    request_id: patch.headers.get('x-request-id'),
  });
  expect(Object.keys(updated.after ?? {})).toEqual(['name']);
  expect(deleted.after).toEqual({ deleted_at: expect.stringMatching(TIME) });
});

it('tells of members, meters, credits and ingestion in the same way', async () => {
  const ws = await program.workspace();
  const made = await customer(ws);
  const owner = made.members[0].id;
  const { body: member } = await ws.api('POST', '/api/members/', {
    customer_id: made.id,
    email: 'm@example.com',
  });
  await ws.api('PATCH', `/api/members/${member.id}`, { role: 'owner' });
  const { body: meter } = await ws.api('POST', '/api/meters/', {
    name: 'm',
    aggregation: { type: 'count' },
  });
  await ws.api('POST', `/api/customers/${made.id}/meters/${meter.id}/credits`, { units: 2 });
  await ws.api('POST', '/api/events/ingest', { events: [{ name: 'x', customer_id: made.id }] });
  const rows = await trail(`workspace_id=${ws.id}`);
  const about = (operation: string) => rows.filter((r) => r.operation === operation);
  const byEntity = new Map(about('members_update').map((r) => [r.entity_id, r]));
  expect(byEntity.get(owner)).toMatchObject({
    before: { role: 'owner' },
    after: { role: 'billing_manager' },
    personal: [],
  });
  expect(byEntity.get(member.id)).toMatchObject({
    before: { role: 'member' },
    after: { role: 'owner' },
  });
  expect(about('members_create')[0]).toMatchObject({
    entity: 'member',
    before: null,
    after: { email: 'm@example.com', role: 'member' },
    personal: ['email'],
  });
  expect(about('meters_create')[0]).toMatchObject({
    entity: 'meter',
    entity_id: meter.id,
    customer_id: null,
  });
  expect(about('meters_credit')[0]).toMatchObject({
    customer_id: made.id,
    after: { units: 2, meter_id: meter.id },
  });
  expect(about('events_ingest')[0]).toMatchObject({ after: { inserted: 1, duplicates: 0 } });
  expect(about('workspaces_create')[0]).toMatchObject({
    actor: { kind: 'root' },
    surface: 'admin',
  });
});

it('shows no secret of a credential', async () => {
  const ws = await program.workspace();
  const { text } = await program.root('GET', `/admin/v1/audit?workspace_id=${ws.id}`);
  expect(text).toContain('credentials_create');
  expect(text).not.toContain(ws.token.slice(-40));
});

it('pages backwards by `before`, whole and without a row twice', async () => {
  const ws = await program.workspace();
  const made = await customer(ws);
  for (let i = 0; i < 6; i += 1)
    await ws.api('PATCH', `/api/customers/${made.id}`, { name: `n${i}` });
  const whole = await trail(`customer_id=${made.id}`);
  const paged: Row[] = [];
  let before: number | null = null;
  do {
    const query: string = `customer_id=${made.id}&limit=3${before === null ? '' : `&before=${before}`}`;
    const { data, meta }: { data: Row[]; meta: { next_before: number | null } } = (
      await program.root('GET', `/admin/v1/audit?${query}`)
    ).body;
    paged.push(...data);
    before = meta.next_before;
  } while (before !== null);
  expect(paged).toEqual(whole);
  expect(whole).toHaveLength(7);
  expect(problems(await program.root('GET', '/admin/v1/audit?customer_id=x&limit=0'))).toEqual([
    'uuid_parsing at query.customer_id',
    'greater_than at query.limit',
  ]);
});

it('leaves the trail without what was personal once its person is erased', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'pii@example.com', name: 'Pii', type: 'team' });
  await ws.api('PATCH', `/api/customers/${made.id}`, { name: 'Other' });
  await ws.api('DELETE', `/api/customers/${made.id}?anonymize=true`);
  const rows = await trail(`customer_id=${made.id}`);
  expect(rows).toHaveLength(3);
  expect(JSON.stringify(rows)).not.toMatch(/pii/i);
  expect(rows[1]).toMatchObject({ before: {}, after: {}, personal: ['name'] });
  expect(rows[2]?.after).toMatchObject({ type: 'team' });
  expect((await program.root('GET', '/admin/v1/audit/verify')).body.ok).toBe(true);
});

it('notices every way in which the trail is tampered with (T30)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { name: 'Before' });
  await ws.api('PATCH', `/api/customers/${made.id}`, { name: 'After', type: 'team' });
  await allJobs(program.app)
    .find((job) => job.name === 'seal_audit')
    ?.run();
  const verify = async () => (await program.root('GET', '/admin/v1/audit/verify')).body;
  const sound = await verify();
  expect(sound).toMatchObject({ ok: true, broken: [] });
  expect(sound.rows).toBeGreaterThan(2);
  const [last] = (await trail(`customer_id=${made.id}`)) as [Row];
  const where = `where workspace_id = '${ws.id}' and seq = ${last.seq}`;
  const tamper = async (change: string, undo: string) => {
    await program.database.owner(change);
    const found = await verify();
    expect([change, found.ok, found.broken[0]?.seq]).toEqual([change, false, last.seq]);
    await program.database.owner(undo);
  };
  await tamper(
    `update audit_log set actor_name = 'someone' ${where}`,
    `update audit_log set actor_name = 'test' ${where}`,
  );
  await tamper(
    `update audit_personal set after = '{"name": "Else"}' ${where}`,
    `update audit_personal set after = '{"name": "After"}' ${where}`,
  );
  expect((await verify()).ok).toBe(true);
  await program.database.owner(`delete from audit_log ${where}`);
  expect((await verify()).broken).toContainEqual(expect.objectContaining({ seq: last.seq }));
});
