import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newToken } from '../../../src/kernel/secrets.ts';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY, problems, TIME, UUID4 } from '../workspace/common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const slug = () => `s-${randomBytes(5).toString('hex')}`;
const create = (fields: object = {}) =>
  program.root('POST', '/admin/v1/workspaces', { name: 'W', slug: slug(), ...fields });

it('lets in the root token alone', async () => {
  const ws = await program.workspace();
  const get = (token?: string) =>
    call(program.url, 'GET', '/admin/v1/workspaces', token === undefined ? {} : { token });
  const nobody = await get();
  expect([nobody.status, nobody.body]).toEqual([
    401,
    { error: 'Unauthorized', detail: 'Unauthorized' },
  ]);
  expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="clientele"');
  for (const token of [ws.token, newToken('clientele_root_'), 'x']) {
    const reply = await get(token);
    expect([reply.status, reply.body.error]).toEqual([401, 'invalid_token']);
  }
});

it('creates a workspace and gives it back', async () => {
  const name = slug();
  const reply = await create({
    name: ' Acme ',
    slug: name.toUpperCase(),
    id: NOBODY,
    blocked: true,
  });
  expect(reply.status).toBe(201);
  const { id, created_at, ...rest } = reply.body;
  expect(id).toMatch(UUID4);
  expect(created_at).toMatch(TIME);
  expect(rest).toEqual({
    slug: name,
    name: 'Acme',
    blocked: false,
    modified_at: null,
    avatar_url: null,
    email: null,
    website: null,
    customer_portal_settings: { usage: { show: true } },
    customers: 0,
  });
  expect((await program.root('GET', `/admin/v1/workspaces/${id}`)).body).toEqual(reply.body);
  const found = await program.root('GET', `/admin/v1/workspaces?slug=${name.toUpperCase()}`);
  expect(found.body).toEqual({
    data: [reply.body],
    meta: { total: 1, page: 1, per_page: 10, pages: 1 },
  });
  expect((await program.root('GET', '/admin/v1/workspaces/')).body.data[0]).toEqual(reply.body);
});

it('refuses a slug that is taken in any case or no slug at all', async () => {
  const { body } = await create();
  const taken = await create({ slug: body.slug.toUpperCase() });
  expect(problems(taken)).toEqual(['value_error at body.slug']);
  expect(taken.body.detail[0].msg).toContain('already exists');
  for (const bad of ['-a', 'a-', 'a--b', 'a b', 'ä', 'a.b', 'a\n']) {
    expect([bad, ...problems(await create({ slug: bad }))]).toEqual([
      bad,
      'string_pattern_mismatch at body.slug',
    ]);
  }
  expect(problems(await create({ slug: 'a'.repeat(64) }))).toEqual([
    'string_too_long at body.slug',
  ]);
  expect(problems(await create({ name: ' ', slug: '' }))).toContain(
    'string_too_short at body.name',
  );
  const other = await create();
  const patch = await program.root('PATCH', `/admin/v1/workspaces/${other.body.id}`, {
    slug: body.slug,
  });
  expect(problems(patch)).toEqual(['value_error at body.slug']);
});

it('renames a workspace and counts its listed customers', async () => {
  const ws = await program.workspace();
  const path = `/admin/v1/workspaces/${ws.id}`;
  await customer(ws);
  const gone = await customer(ws);
  expect((await program.root('GET', path)).body.customers).toBe(2);
  await ws.api('DELETE', `/api/customers/${gone.id}`);
  const next = slug();
  const reply = await program.root('PATCH', path, { name: 'Renamed', slug: next.toUpperCase() });
  expect(reply.body).toMatchObject({ id: ws.id, name: 'Renamed', slug: next, customers: 1 });
  expect(reply.body.modified_at).toMatch(TIME);
  expect((await program.root('PATCH', path, {})).body.name).toBe('Renamed');
  expect(
    problems(await program.root('PATCH', path, { blocked: 'yes', name: '' })).toSorted(),
  ).toEqual(['bool_type at body.blocked', 'string_too_short at body.name']);
});

it('sets what its page shows and how to reach it, and clears it again', async () => {
  const { id } = (await create()).body;
  const path = `/admin/v1/workspaces/${id}`;
  const given = {
    avatar_url: 'https://example.com/logo.png',
    email: 'team@example.com',
    website: 'https://example.com/',
    customer_portal_settings: { usage: { show: false } },
  };
  expect((await program.root('PATCH', path, given)).body).toMatchObject(given);
  expect((await program.root('PATCH', path, { name: 'Other' })).body).toMatchObject(given);
  expect((await program.root('GET', path)).body).toMatchObject(given);
  const nulls = { avatar_url: null, email: null, website: null };
  expect((await program.root('PATCH', path, nulls)).body).toMatchObject({
    ...nulls,
    customer_portal_settings: { usage: { show: false } },
  });
  const broken = {
    ...{ avatar_url: 'javascript:alert(1)', website: 'x', email: 'x' },
    customer_portal_settings: { usage: {} },
  };
  expect(problems(await program.root('PATCH', path, broken)).toSorted()).toEqual([
    'missing at body.customer_portal_settings.usage.show',
    'url_parsing at body.avatar_url',
    'url_parsing at body.website',
    'value_error at body.email',
  ]);
});

it('shuts a blocked workspace out at once, and lets it in again (decision 25)', async () => {
  const ws = await program.workspace();
  const path = `/admin/v1/workspaces/${ws.id}`;
  const made = await customer(ws);
  expect((await program.root('PATCH', path, { blocked: true })).body.blocked).toBe(true);
  for (const [method, where, body] of [
    ['GET', '/api/customers/', undefined],
    ['GET', `/api/customers/${made.id}`, undefined],
    ['GET', `/api/customers/?workspace_id=${NOBODY}`, undefined],
    ['GET', '/api/customers/export', undefined],
    ['POST', '/api/customers/', { email: 'x@example.com' }],
    ['PATCH', `/api/customers/${made.id}`, { name: 'x' }],
    ['GET', '/api/events', undefined],
  ] as const) {
    const reply = await ws.api(method, where, body);
    expect([where, reply.status, reply.body?.error]).toEqual([where, 401, 'invalid_token']);
  }
  const late = await program.root('POST', `${path}/credentials`, {
    kind: 'access_token',
    name: 'l',
    scopes: ['*'],
  });
  expect(late.status).toBe(201);
  expect(
    (await call(program.url, 'GET', '/api/customers/', { token: late.body.token })).status,
  ).toBe(401);
  await program.root('PATCH', path, { blocked: false });
  expect((await ws.api('GET', `/api/customers/${made.id}`)).body).toEqual(made);
  expect(
    (await call(program.url, 'GET', '/api/customers/', { token: late.body.token })).status,
  ).toBe(200);
});

it('deletes a workspace: its credentials end and its slug is free', async () => {
  const ws = await program.workspace();
  const path = `/admin/v1/workspaces/${ws.id}`;
  const before = (await program.root('GET', path)).body;
  expect((await ws.api('GET', '/api/customers/')).status).toBe(200);
  const reply = await program.root('DELETE', path);
  expect([reply.status, reply.text]).toEqual([204, '']);
  expect((await ws.api('GET', '/api/customers/')).body.error).toBe('invalid_token');
  const credential = { kind: 'access_token', name: 'n', scopes: ['*'] };
  for (const [method, where, body] of [
    ['GET', path, undefined],
    ['PATCH', path, { name: 'x' }],
    ['PATCH', path, { blocked: false }],
    ['DELETE', path, undefined],
    ['GET', `${path}/credentials`, undefined],
    ['POST', `${path}/credentials`, credential],
    ['POST', `${path}/credentials/${ws.credentialId}/rotate`, {}],
    ['DELETE', `${path}/credentials/${ws.credentialId}`, undefined],
    ['GET', `/admin/v1/workspaces/${NOBODY}`, undefined],
    ['POST', `/admin/v1/workspaces/${NOBODY}/credentials`, credential],
  ] as const) {
    const gone = await program.root(method, where, body);
    expect([method, where, gone.status]).toEqual([method, where, 404]);
  }
  expect(
    (await program.root('GET', `/admin/v1/workspaces?slug=${before.slug}`)).body.meta.total,
  ).toBe(0);
  expect((await create({ slug: before.slug })).status).toBe(201);
  expect((await ws.api('GET', '/api/customers/')).status).toBe(401);
});

it('takes an Idempotency-Key on its writes as well', async () => {
  const fields = { name: 'Once', slug: slug() };
  const header = { 'idempotency-key': slug() };
  const first = await program.root('POST', '/admin/v1/workspaces', fields, header);
  const again = await program.root('POST', '/admin/v1/workspaces', fields, header);
  expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([
    201,
    first.text,
    'true',
  ]);
  expect(
    (await program.root('POST', '/admin/v1/workspaces', { ...fields, name: 'x' }, header)).status,
  ).toBe(409);
});

it('answers unknown paths, wrong methods and broken JSON like every surface', async () => {
  const nowhere = await program.root('GET', '/admin/v1/nowhere');
  expect([nowhere.status, nowhere.body]).toEqual([404, { detail: 'Not Found' }]);
  const method = await program.root('PUT', '/admin/v1/workspaces', {});
  expect([method.status, method.body, method.headers.get('allow')]).toEqual([
    405,
    { detail: 'Method Not Allowed' },
    'GET, POST',
  ]);
  expect(problems(await program.root('POST', '/admin/v1/workspaces', '{"name":'))).toEqual([
    'json_invalid at body.8',
  ]);
  expect((await program.root('GET', '/admin/v1/mails')).body).toEqual({ data: [] });
});
