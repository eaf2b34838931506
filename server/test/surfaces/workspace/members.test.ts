import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY, problems } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('adds a member to a customer of either type, with its defaults (decision 27)', async () => {
  const ws = await program.workspace();
  for (const type of ['individual', 'team']) {
    const made = await customer(ws, { type });
    const reply = await ws.api('POST', '/api/members/', {
      customer_id: made.id,
      email: ' New@EXAMPLE.com ',
    });
    expect(reply.status).toBe(201);
    const { id, created_at: _, ...rest } = reply.body;
    expect(rest).toEqual({
      ...{ modified_at: null, customer_id: made.id, email: 'New@example.com' },
      ...{ name: null, external_id: null, role: 'member' },
    });
    expect((await ws.api('GET', `/api/members/${id}`)).body).toEqual(reply.body);
    const { members } = (await ws.api('GET', `/api/customers/${made.id}`)).body;
    expect(members).toEqual([made.members[0], reply.body]);
  }
});

it('answers an email that is on the team with who is there, unchanged', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'own@example.com' });
  const owner = made.members[0];
  const add = (fields: object) =>
    ws.api('POST', '/api/members/', { customer_id: made.id, ...fields });
  const again = await add({ email: 'OWN@example.com', name: 'Other', role: 'billing_manager' });
  expect([again.status, again.body]).toEqual([201, owner]);
  const first = await add({ email: 'm@example.com', name: 'M' });
  expect((await add({ email: 'm@example.com', role: 'billing_manager' })).body).toEqual(first.body);
  expect((await ws.api('GET', `/api/members/?customer_id=${made.id}`)).body.meta.total).toBe(2);
});

it('takes a removed member again', async () => {
  const ws = await program.workspace();
  const made = await customer(ws);
  const fields = { customer_id: made.id, email: 'back@example.com', external_id: 'b' };
  const first = await ws.api('POST', '/api/members/', fields);
  expect((await ws.api('DELETE', `/api/members/${first.body.id}`)).status).toBe(204);
  expect((await ws.api('DELETE', `/api/members/${first.body.id}`)).status).toBe(404);
  expect((await ws.api('GET', `/api/members/${first.body.id}`)).body).toEqual({
    error: 'ResourceNotFound',
    detail: 'Member not found',
  });
  const second = await ws.api('POST', '/api/members/', fields);
  expect(second.status).toBe(201);
  expect(second.body.id).not.toBe(first.body.id);
});

it('refuses a second owner, an unknown customer, a taken external id and broken fields', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const made = await customer(ws, { external_id: 'x' });
  const foreign = await customer(other);
  const add = (fields: object) =>
    ws.api('POST', '/api/members/', { customer_id: made.id, email: 'm@example.com', ...fields });
  expect(problems(await add({ role: 'owner' }))).toEqual(['value_error at body.role']);
  expect(problems(await add({ external_id: 'x' }))).toEqual(['value_error at body.external_id']);
  for (const customer_id of [NOBODY, foreign.id]) {
    expect(problems(await add({ customer_id }))).toEqual(['value_error at body.customer_id']);
  }
  expect(
    problems(
      await add({ customer_id: 'x', email: 'x', role: 'boss', name: 'n'.repeat(257) }),
    ).toSorted(),
  ).toEqual([
    ...['enum at body.role', 'string_too_long at body.name', 'uuid_parsing at body.customer_id'],
    'value_error at body.email',
  ]);
  expect(problems(await ws.api('POST', '/api/members/', {})).toSorted()).toEqual([
    'missing at body.customer_id',
    'missing at body.email',
  ]);
  expect((await ws.api('GET', '/api/members/')).body.meta.total).toBe(1);
});

it('changes name, external id and role, and what is absent or a null role stays', async () => {
  const ws = await program.workspace();
  const made = await customer(ws);
  const { body: member } = await ws.api('POST', '/api/members/', {
    customer_id: made.id,
    email: 'm@example.com',
    name: 'M',
    external_id: 'm1',
  });
  const patch = (body: object) => ws.api('PATCH', `/api/members/${member.id}`, body);
  expect((await patch({})).body).toEqual(member);
  expect((await patch({ role: null, name: 'M', email: 'ignored@example.com' })).body).toEqual(
    member,
  );
  const changed = await patch({ role: 'billing_manager', name: ' N ', external_id: null });
  expect(changed.body).toMatchObject({ role: 'billing_manager', name: 'N', external_id: null });
  expect(changed.body.modified_at).not.toBe(null);
  const owner = made.members[0].id;
  expect((await ws.api('PATCH', `/api/members/${owner}`, { external_id: 'held' })).status).toBe(
    200,
  );
  const held = await patch({ external_id: 'held' });
  expect(problems(held)).toEqual(['value_error at body.external_id']);
  expect(held.body.detail[0].input).toBe('held');
  expect(problems(await patch({ role: 'boss' }))).toEqual(['enum at body.role']);
});

const rolesOf = async (ws: { api: TestApi }, id: string) =>
  (await ws.api('GET', `/api/customers/${id}`)).body.members.map((m: { role: string }) => m.role);
type TestApi = Awaited<ReturnType<TestProgram['workspace']>>['api'];

it('hands the ownership over in one step, and leaves no customer without an owner', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { type: 'team' });
  const owner = made.members[0];
  const { body: member } = await ws.api('POST', '/api/members/', {
    customer_id: made.id,
    email: 'next@example.com',
  });
  for (const role of ['member', 'billing_manager']) {
    expect(problems(await ws.api('PATCH', `/api/members/${owner.id}`, { role }))).toEqual([
      'value_error at body.role',
    ]);
  }
  expect(problems(await ws.api('DELETE', `/api/members/${owner.id}`))).toEqual([
    'value_error at body',
  ]);
  expect((await ws.api('PATCH', `/api/members/${owner.id}`, { role: 'owner' })).body).toEqual(
    owner,
  );
  const next = await ws.api('PATCH', `/api/members/${member.id}`, { role: 'owner' });
  expect(next.body.role).toBe('owner');
  expect(await rolesOf(ws, made.id)).toEqual(['billing_manager', 'owner']);
  expect(
    (await ws.api('GET', `/api/members/?customer_id=${made.id}&role=owner`)).body.data,
  ).toEqual([next.body]);
  expect((await ws.api('DELETE', `/api/members/${owner.id}`)).status).toBe(204);
  expect(await rolesOf(ws, made.id)).toEqual(['owner']);
});

it('lists members newest first, by customer, email and role', async () => {
  const ws = await program.workspace();
  const [a, b] = [
    await customer(ws, { email: 'a@example.com' }),
    await customer(ws, { email: 'b@example.com' }),
  ];
  const add = async (customer_id: string, email: string, role: string) =>
    (await ws.api('POST', '/api/members/', { customer_id, email, role })).body;
  const both = [
    await add(a.id, 'x@example.com', 'member'),
    await add(b.id, 'X@example.com', 'billing_manager'),
  ];
  const read = async (query: string) => (await ws.api('GET', `/api/members/${query}`)).body;
  expect((await read('')).data).toEqual([...both.toReversed(), b.members[0], a.members[0]]);
  expect((await read('?limit=3&page=2')).meta).toEqual({
    total: 4,
    page: 2,
    per_page: 3,
    pages: 2,
  });
  expect((await read('?page=1000000000')).meta.total).toBe(4);
  expect((await read('?email=x@EXAMPLE.com')).data).toEqual(both.toReversed());
  expect((await read(`?email=x@example.com&customer_id=${a.id}`)).data).toEqual([both[0]]);
  expect((await read('?role=billing_manager')).data).toEqual([both[1]]);
  expect((await read(`?customer_id=${NOBODY}`)).meta.total).toBe(0);
  expect(
    problems(await ws.api('GET', '/api/members/?role=boss&customer_id=1&page=0')).toSorted(),
  ).toEqual([
    'enum at query.role',
    'greater_than at query.page',
    'uuid_parsing at query.customer_id',
  ]);
});

it("answers another workspace's member like one that never was", async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const id = (await customer(other)).members[0].id;
  for (const [method, body] of [
    ['GET', undefined],
    ['PATCH', { name: 'x' }],
    ['DELETE', undefined],
  ] as const) {
    const [foreign, none] = [
      await ws.api(method, `/api/members/${id}`, body),
      await ws.api(method, `/api/members/${NOBODY}`, body),
    ];
    expect([foreign.status, foreign.text]).toEqual([404, none.text]);
  }
});
