import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY, problems, TIME } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('changes the given fields alone, and stamps the change', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { name: 'Before', metadata: { a: 1 }, external_id: 'e' });
  const reply = await ws.api('PATCH', `/api/customers/${made.id}`, { name: ' After ' });
  expect(reply.status).toBe(200);
  expect(reply.body.modified_at).toMatch(TIME);
  expect(reply.body).toEqual({ ...made, name: 'After', modified_at: reply.body.modified_at });
  expect((await ws.api('GET', `/api/customers/${made.id}`)).body).toEqual(reply.body);
  expect((await ws.api('PATCH', `/api/customers/${NOBODY}`, {})).status).toBe(404);
});

it('takes a patch that says nothing new for no change', async () => {
  const ws = await program.workspace();
  const billing_address = { line1: 'L', city: 'C', country: 'US', state: 'NY' };
  const made = await customer(ws, {
    ...{ email: 'same@example.com', name: 'Same', external_id: 's', type: 'team' },
    ...{ metadata: { bb: 1, a: 'x', ccc: true }, billing_address },
  });
  const tag = (await ws.api('GET', `/api/customers/${made.id}`)).headers.get('etag');
  const { data: before } = (await ws.api('GET', '/api/events')).body;
  for (const patch of [
    {},
    { nonsense: 1, id: NOBODY, workspace_id: NOBODY, revision: 99, status: 'ARCHIVED' },
    { email_verified: true, deleted_at: '2026-01-01T00:00:00Z', members: [], tags: ['x'] },
    { name: ' Same ' },
    { metadata: { ccc: true, a: 'x', bb: 1 } },
    {
      billing_address: {
        country: 'us',
        state: 'US-NY',
        city: ' C',
        line1: 'L',
        line2: null,
        postal_code: ' ',
      },
    },
    { email: null, type: null, external_id: 's' },
    { email: 'SAME@example.com', type: 'team' },
  ]) {
    const reply = await ws.api('PATCH', `/api/customers/${made.id}`, patch);
    expect([patch, reply.body]).toEqual([patch, made]);
    expect(reply.headers.get('etag')).toBe(tag);
  }
  expect((await ws.api('GET', '/api/events')).body.data).toEqual(before);
});

it('sets a new email unverified, and ignores a change of case (33)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'old@example.com' });
  await program.database.owner('update customers set email_verified = true where id = $1', [
    made.id,
  ]);
  const cased = await ws.api('PATCH', `/api/customers/${made.id}`, { email: 'OLD@Example.com' });
  expect(cased.body).toMatchObject({ email: 'old@example.com', email_verified: true });
  const none = await ws.api('PATCH', `/api/customers/${made.id}`, { email: null });
  expect(none.body).toMatchObject({ email: 'old@example.com', email_verified: true });
  const other = await ws.api('PATCH', `/api/customers/${made.id}`, { email: 'New@Example.com' });
  expect(other.body).toMatchObject({ email: 'New@example.com', email_verified: false });
  expect(other.body.avatar_url).toContain(
    createHash('sha256').update('new@example.com').digest('hex'),
  );
  // The owner member is a person of its own and keeps its address (§8.2).
  expect(other.body.members[0].email).toBe('old@example.com');
});

it('refuses an email that another customer has, and nothing else changes (33)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'taken@example.com' });
  const made = await customer(ws, { name: 'Before' });
  const reply = await ws.api('PATCH', `/api/customers/${made.id}`, {
    email: 'Taken@example.com',
    name: 'After',
  });
  expect(problems(reply)).toEqual(['value_error at body.email']);
  expect(reply.body.detail[0].msg).toContain('already exists');
  expect((await ws.api('GET', `/api/customers/${made.id}`)).body).toEqual(made);
});

it('sets an external id once, and never changes or removes it (34)', async () => {
  const ws = await program.workspace();
  await customer(ws, { external_id: 'held' });
  const made = await customer(ws);
  const patch = (external_id: unknown) =>
    ws.api('PATCH', `/api/customers/${made.id}`, { external_id });
  for (const empty of [null, '  ']) expect((await patch(empty)).body.external_id).toBe(null);
  const held = await patch('held');
  expect(problems(held)).toEqual(['value_error at body.external_id']);
  expect(held.body.detail[0].msg).toContain('already exists');
  expect((await patch(' mine ')).body.external_id).toBe('mine');
  expect((await patch('mine')).body.external_id).toBe('mine');
  for (const other of ['other', 'MINE', null, '', ' ']) {
    const reply = await patch(other);
    expect(problems(reply)).toEqual(['value_error at body.external_id']);
    expect(reply.body.detail[0].msg).toContain('cannot be updated');
  }
});

it('upgrades an individual to a team and never back (35)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws);
  const patch = (type: unknown) => ws.api('PATCH', `/api/customers/${made.id}`, { type });
  expect((await patch('individual')).body.type).toBe('individual');
  expect((await patch('team')).body.type).toBe('team');
  expect((await patch('team')).body.type).toBe('team');
  const down = await patch('individual');
  expect(problems(down)).toEqual(['value_error at body.type']);
  expect(down.body.detail[0].msg).toContain('downgraded');
  // An explicit null changes nothing (decision 6).
  expect((await patch(null)).body.type).toBe('team');
  expect(problems(await patch('robot'))).toEqual(['enum at body.type']);
});

it('replaces metadata whole (36)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { metadata: { a: 1, b: 2 } });
  const patch = (metadata: unknown) => ws.api('PATCH', `/api/customers/${made.id}`, { metadata });
  expect((await patch({ c: '3' })).body.metadata).toEqual({ c: '3' });
  expect((await ws.api('PATCH', `/api/customers/${made.id}`, { name: 'n' })).body.metadata).toEqual(
    { c: '3' },
  );
  expect((await patch({})).body.metadata).toEqual({});
  expect(problems(await patch(null))).toEqual(['dict_type at body.metadata']);
});

it('clears address and name with null, and a blank name with it (37)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { name: 'N', billing_address: { country: 'FR', city: 'Paris' } });
  const patch = (body: object) => ws.api('PATCH', `/api/customers/${made.id}`, body);
  expect((await patch({ billing_address: { country: 'BE' } })).body.billing_address).toEqual({
    ...{ line1: null, line2: null, postal_code: null, city: null, state: null, country: 'BE' },
  });
  expect((await patch({ billing_address: null })).body.billing_address).toBe(null);
  expect((await patch({ name: null })).body.name).toBe(null);
  expect((await patch({ name: 'x' })).body.name).toBe('x');
  expect((await patch({ name: ' ' })).body.name).toBe(null);
});

it('ignores external_id and type when the customer is named by its external id (38)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { external_id: 'by-ext', email: 'e@example.com' });
  const reply = await ws.api('PATCH', '/api/customers/external/by-ext', {
    ...{ external_id: 'other', type: 'team', name: 'Named', email: 'f@example.com' },
    ...{ metadata: { a: 1 }, billing_address: { country: 'DE' } },
  });
  expect(reply.status, reply.text).toBe(200);
  expect(reply.body).toMatchObject({
    ...{ id: made.id, external_id: 'by-ext', type: 'individual', name: 'Named' },
    ...{ email: 'f@example.com', metadata: { a: 1 } },
  });
  expect(
    (await ws.api('PATCH', '/api/customers/external/by-ext', { external_id: 5, type: 'robot' }))
      .status,
  ).toBe(200);
  expect((await ws.api('PATCH', '/api/customers/external/none', {})).status).toBe(404);
});

it('reports every broken rule of a patch together', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'taken@example.com' });
  const made = await customer(ws, { external_id: 'x', type: 'team' });
  const reply = await ws.api('PATCH', `/api/customers/${made.id}`, {
    ...{ external_id: 'y', type: 'individual', email: 'taken@example.com' },
  });
  expect(problems(reply).toSorted()).toEqual([
    'value_error at body.email',
    'value_error at body.external_id',
    'value_error at body.type',
  ]);
  const broken = await ws.api('PATCH', `/api/customers/${made.id}`, {
    email: 'x',
    name: 1,
    metadata: [],
  });
  expect(problems(broken).toSorted()).toEqual([
    'dict_type at body.metadata',
    'string_type at body.name',
    'value_error at body.email',
  ]);
});

it('carries a strong tag that moves with every change, of the team as well (decision 35)', async () => {
  const ws = await program.workspace();
  const post = await ws.api('POST', '/api/customers/', {
    email: 'tag@example.com',
    external_id: 'tag',
  });
  const path = `/api/customers/${post.body.id}`;
  const tags = new Set([post.headers.get('etag')]);
  const read = async () => (await ws.api('GET', path)).headers.get('etag');
  expect(await read()).toBe(post.headers.get('etag'));
  expect((await ws.api('GET', '/api/customers/external/tag')).headers.get('etag')).toBe(
    await read(),
  );
  expect(await read()).toMatch(/^"[^"]+"$/);
  const patched = await ws.api('PATCH', path, { name: 'x' });
  expect(await read()).toBe(patched.headers.get('etag'));
  tags.add(await read());
  const member = await ws.api('POST', '/api/members/', {
    customer_id: post.body.id,
    email: 'm@example.com',
  });
  tags.add(await read());
  await ws.api('PATCH', `/api/members/${member.body.id}`, { name: 'M' });
  tags.add(await read());
  await ws.api('DELETE', `/api/members/${member.body.id}`);
  tags.add(await read());
  expect(tags.size).toBe(5);
});

it('honours If-Match on every write of a customer (decision 35)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { external_id: 'match' });
  const byId = `/api/customers/${made.id}`;
  const tag = async () => (await ws.api('GET', byId)).headers.get('etag') as string;
  const old = await tag();
  for (const path of [byId, '/api/customers/external/match']) {
    const given = (value: string, name: string) =>
      ws.api('PATCH', path, { name }, { 'if-match': value });
    expect((await given(await tag(), `1${path}`)).status).toBe(200);
    expect((await given('*', `2${path}`)).status).toBe(200);
    expect((await given(`"nope", ${await tag()}`, `3${path}`)).status).toBe(200);
    for (const stale of [old, '"nope"', `W/${await tag()}`, '']) {
      const refused = await given(stale, 'never');
      expect([stale, refused.status]).toEqual([stale, 412]);
      expect(refused.body).toEqual({ error: 'PreconditionFailed', detail: expect.any(String) });
    }
    expect((await ws.api('DELETE', path, undefined, { 'if-match': old })).status).toBe(412);
    expect((await ws.api('GET', path)).body.name).toBe(`3${path}`);
  }
  expect((await ws.api('PATCH', `/api/customers/${NOBODY}`, {}, { 'if-match': '*' })).status).toBe(
    404,
  );
  expect((await ws.api('DELETE', byId, undefined, { 'if-match': await tag() })).status).toBe(204);
});
