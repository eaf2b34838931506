import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY, problems } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('finds a customer by its external id, encoded as a path segment (21)', async () => {
  const ws = await program.workspace();
  for (const external_id of [
    'plain-1',
    'a b',
    'ä/ö?x=1&y#z',
    '100%',
    '%2F',
    '..',
    'żółw 😀',
    "o'hara; --",
  ]) {
    const made = await customer(ws, { external_id });
    const path = `/api/customers/external/${encodeURIComponent(external_id).replaceAll('.', '%2E')}`;
    if (external_id === '..') continue; // A URL parser takes dots for a step up, encoded or not.
    expect([external_id, (await ws.api('GET', path)).body]).toEqual([external_id, made]);
    expect((await ws.api('GET', `${path}/state`)).body.id).toBe(made.id);
    expect((await ws.api('PATCH', path, { name: 'n' })).body.name).toBe('n');
    expect((await ws.api('DELETE', path)).status).toBe(204);
    expect((await ws.api('GET', path)).status).toBe(404);
  }
  expect((await ws.api('GET', '/api/customers/external/PLAIN-1')).status).toBe(404);
});

it('finds a customer by a long external id (21)', async () => {
  const ws = await program.workspace();
  const external_id = 'x'.repeat(4_000);
  const made = await customer(ws, { external_id });
  expect((await ws.api('GET', `/api/customers/external/${external_id}`)).body.id).toBe(made.id);
  const huge = await customer(ws, { external_id: `h${'x'.repeat(100_000)}` });
  expect((await ws.api('GET', `/api/customers/${huge.id}`)).body.external_id).toHaveLength(100_001);
});

it('takes external/state for the external id "state", and export for no id (§1.2)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { external_id: 'state' });
  expect((await ws.api('GET', '/api/customers/external/state')).body.id).toBe(made.id);
  const state = await ws.api('GET', '/api/customers/external/state/state');
  expect(state.body).toMatchObject({ id: made.id, active_meters: [] });
  expect((await ws.api('GET', '/api/customers/export')).headers.get('content-type')).toContain(
    'csv',
  );
});

it('refuses ids that are no version-4 UUID, and takes every spelling of one (22)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws);
  const v1 = 'c232ab00-9414-11ec-b3c8-9f6bdeced846';
  const v7 = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
  const nil = '00000000-0000-0000-0000-000000000000';
  for (const tail of ['', '/state']) {
    for (const id of [v1, v7, nil, '3f2b8c1e-9a47-4d0e-cf6b-5c2a1d7e9b04']) {
      const reply = await ws.api('GET', `/api/customers/${id}${tail}`);
      expect(problems(reply)).toEqual(['uuid_version at path.id']);
      expect(reply.body.detail[0].ctx).toEqual({ expected_version: 4 });
    }
    for (const id of ['1', 'me', `${NOBODY}0`, NOBODY.replace('-', ''), 'ä', '%00']) {
      const found = problems(await ws.api('GET', `/api/customers/${id}${tail}`));
      expect([id, found.at(-1)]).toEqual([id, 'uuid_parsing at path.id']);
    }
  }
  for (const [method, body] of [
    ['PATCH', {}],
    ['DELETE', undefined],
  ] as const) {
    expect(problems(await ws.api(method, `/api/customers/${v1}`, body))).toEqual([
      'uuid_version at path.id',
    ]);
  }
  const hex = made.id.replaceAll('-', '');
  for (const id of [made.id.toUpperCase(), hex, `{${made.id}}`, `urn:uuid:${made.id}`]) {
    const reply = await ws.api('GET', `/api/customers/${encodeURIComponent(id)}`);
    expect([id, reply.body]).toEqual([id, made]);
  }
});

it('answers with and without the trailing slash alike, without a redirect (decision 4)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { external_id: 'slash' });
  const paths = [
    '/api/customers',
    `/api/customers/${made.id}`,
    `/api/customers/${made.id}/state`,
    '/api/customers/external/slash',
    '/api/customers/external/slash/state',
    '/api/members',
    '/api/meters',
    '/api/events',
    '/api/customers/export',
  ];
  for (const path of paths) {
    const [bare, slashed] = [await ws.api('GET', path), await ws.api('GET', `${path}/`)];
    expect([path, bare.status, slashed.status]).toEqual([path, 200, 200]);
    expect(slashed.text).toBe(bare.text);
  }
  expect((await ws.api('POST', '/api/customers', { email: 'bare@example.com' })).status).toBe(201);
  expect((await ws.api('PATCH', `/api/customers/${made.id}/`, { name: 'N' })).status).toBe(200);
  expect((await ws.api('DELETE', `/api/customers/${made.id}/`)).status).toBe(204);
});

it('leaves members out when asked to, on every operation that shows them (decision 1)', async () => {
  const ws = await program.workspace();
  const off = '?include_members=false';
  const made = await ws.api('POST', `/api/customers/${off}`, {
    email: 'm@example.com',
    external_id: 'm',
  });
  expect(made.body.members).toEqual([]);
  for (const path of [`/api/customers/${made.body.id}`, '/api/customers/external/m']) {
    expect((await ws.api('GET', path)).body.members).toHaveLength(1);
    expect((await ws.api('GET', path + off)).body.members).toEqual([]);
    expect((await ws.api('PATCH', path, { name: 'x' })).body.members).toHaveLength(1);
    expect((await ws.api('PATCH', path + off, { name: 'y' })).body.members).toEqual([]);
  }
  expect((await ws.api('GET', '/api/customers/')).body.data[0].members).toHaveLength(1);
  for (const word of ['false', '0', 'no', 'OFF', 'f', 'N']) {
    const reply = await ws.api('GET', `/api/customers/?include_members=${word}`);
    expect([word, reply.body.data[0].members]).toEqual([word, []]);
  }
  expect(problems(await ws.api('GET', '/api/customers/?include_members=2'))).toEqual([
    'bool_parsing at query.include_members',
  ]);
});

it('shows a state by both ids, without members and with its meters (42)', async () => {
  const ws = await program.workspace();
  const { members: _, ...made } = await customer(ws, { external_id: 'st', name: 'S' });
  for (const path of [`/api/customers/${made.id}/state`, '/api/customers/external/st/state']) {
    const reply = await ws.api('GET', path);
    expect(reply.body).toEqual({ ...made, active_meters: [] });
    expect(reply.headers.get('etag')).toMatch(/^"[^"]+"$/);
  }
  for (const path of [`/api/customers/${NOBODY}/state`, '/api/customers/external/none/state']) {
    const reply = await ws.api('GET', path);
    expect([reply.status, reply.body]).toEqual([
      404,
      { error: 'ResourceNotFound', detail: 'Not found' },
    ]);
  }
});

it('keeps an archived customer out of lists and export, and answers it by id (decision 28)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, {
    email: 'arch@example.com',
    external_id: 'arch',
    name: 'Archie',
  });
  await customer(ws, { name: 'Other' });
  await program.database.owner("update customers set status = 'ARCHIVED' where id = $1", [made.id]);
  for (const query of [
    '',
    '?query=arch',
    '?query=ar',
    '?email=arch@example.com',
    '?sorting=name',
  ]) {
    const { data, meta } = (await ws.api('GET', `/api/customers/${query}`)).body;
    expect(data.map((c: { id: string }) => c.id)).not.toContain(made.id);
    expect(meta.total).toBe(data.length);
  }
  expect((await ws.api('GET', '/api/customers/export')).text).not.toContain('arch');
  for (const path of [`/api/customers/${made.id}`, '/api/customers/external/arch']) {
    expect((await ws.api('GET', path)).body).toEqual(made);
  }
  expect((await ws.api('GET', `/api/customers/${made.id}/state`)).status).toBe(200);
  const taken = await ws.api('POST', '/api/customers/', {
    email: 'ARCH@example.com',
    external_id: 'arch',
  });
  expect(problems(taken)).toEqual(['value_error at body.email', 'value_error at body.external_id']);
  expect((await ws.api('PATCH', `/api/customers/${made.id}`, { name: 'A' })).body.name).toBe('A');
  expect((await ws.api('DELETE', `/api/customers/${made.id}`)).status).toBe(204);
  expect((await ws.api('GET', `/api/customers/${made.id}`)).status).toBe(404);
});

it('shows a record without an email as null everywhere, and hides no row for it', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'gone@example.com', name: 'Nomail', external_id: 'nm' });
  await program.database.owner('update customers set email = null where id = $1', [made.id]);
  await program.database.owner('update members set email = null where customer_id = $1', [made.id]);
  const read = await ws.api('GET', `/api/customers/${made.id}`);
  expect(read.body).toMatchObject({ email: null, members: [{ email: null, role: 'owner' }] });
  expect(read.body.avatar_url).toMatch(/^https:/);
  const listed = await ws.api('GET', '/api/customers/?query=nomail');
  expect(listed.body.data).toEqual([read.body]);
  expect((await ws.api('GET', '/api/customers/?sorting=email')).body.data).toHaveLength(1);
  expect((await ws.api('GET', `/api/customers/${made.id}/state`)).body.email).toBe(null);
  expect((await ws.api('GET', '/api/customers/export')).text.split('\r\n')[1]).toContain(`,nm,`);
  expect((await ws.api('GET', '/api/members/')).body.data[0].email).toBe(null);
  const patched = await ws.api('PATCH', `/api/customers/${made.id}`, { email: 'new@example.com' });
  expect(patched.body.email).toBe('new@example.com');
});
