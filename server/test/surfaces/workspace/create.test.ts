import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY, problems, TIME, UUID4 } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const KEYS = [
  ...['id', 'created_at', 'modified_at', 'metadata', 'external_id', 'email', 'email_verified'],
  ...['type', 'name', 'billing_address', 'workspace_id', 'deleted_at', 'members', 'avatar_url'],
];

it('creates a customer from an email alone, with every default in its place (10)', async () => {
  const ws = await program.workspace();
  const reply = await ws.api('POST', '/api/customers/', { email: 'Ann.Example@EXAMPLE.Com' });
  expect(reply.status).toBe(201);
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
  const { id, created_at, members, ...rest } = reply.body;
  expect(Object.keys(reply.body)).toEqual(KEYS);
  expect(id).toMatch(UUID4);
  expect(created_at).toMatch(TIME);
  expect(members).toHaveLength(1);
  expect(rest).toEqual({
    modified_at: null,
    metadata: {},
    external_id: null,
    email: 'Ann.Example@example.com',
    email_verified: false,
    type: 'individual',
    name: null,
    billing_address: null,
    workspace_id: ws.id,
    deleted_at: null,
    avatar_url: `https://www.gravatar.com/avatar/${createHash('sha256').update('ann.example@example.com').digest('hex')}?d=404`,
  });
  expect((await ws.api('GET', `/api/customers/${id}`)).body).toEqual(reply.body);
});

it('makes the owner member from the customer (11)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'o@example.com', name: 'Olga', external_id: 'x-1' });
  const { id, created_at, ...owner } = made.members[0];
  expect(id).toMatch(UUID4);
  expect(created_at).toMatch(TIME);
  expect(Object.keys(made.members[0])).toEqual([
    ...['id', 'created_at', 'modified_at', 'customer_id', 'email', 'name', 'external_id', 'role'],
  ]);
  expect(owner).toEqual({
    modified_at: null,
    customer_id: made.id,
    email: 'o@example.com',
    name: 'Olga',
    external_id: 'x-1',
    role: 'owner',
  });
});

it('makes the owner member from `owner`, field by field (11)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, {
    email: 'firm@example.com',
    name: 'Firm',
    external_id: 'x-2',
    owner: { email: 'boss@EXAMPLE.org', name: null, external_id: '  ', role: 'member' },
  });
  expect(made.members).toMatchObject([
    { email: 'boss@example.org', name: 'Firm', external_id: 'x-2', role: 'owner' },
  ]);
  expect(
    problems(
      await ws.api('POST', '/api/customers/', {
        email: 'z@example.com',
        owner: { email: 'nope', name: 'n'.repeat(257) },
      }),
    ),
  ).toEqual(['value_error at body.owner.email', 'string_too_long at body.owner.name']);
});

it('refuses a second customer with the same email in another case (12)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'same@example.com' });
  const reply = await ws.api('POST', '/api/customers/', { email: 'SAME@example.com' });
  expect(problems(reply)).toEqual(['value_error at body.email']);
  expect(reply.body.detail[0].msg).toContain('already exists');
  expect(reply.body.detail[0].input).toBe('SAME@example.com');
  expect(Object.keys(reply.body.detail[0])).toEqual(['type', 'loc', 'msg', 'input']);
});

it('compares emails without regard to case beyond ASCII as well (12)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'żółw@example.com' });
  const reply = await ws.api('POST', '/api/customers/', { email: 'ŻÓŁW@example.com' });
  expect(problems(reply)).toEqual(['value_error at body.email']);
});

it('names both when email and external id are taken, whoever holds them (13)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'one@example.com', external_id: 'first' });
  await customer(ws, { email: 'two@example.com', external_id: 'second' });
  for (const external_id of ['first', 'second']) {
    const reply = await ws.api('POST', '/api/customers/', {
      email: 'one@example.com',
      external_id,
    });
    expect(problems(reply)).toEqual([
      'value_error at body.email',
      'value_error at body.external_id',
    ]);
    for (const item of reply.body.detail) expect(item.msg).toContain('already exists');
  }
  const other = await ws.api('POST', '/api/customers/', {
    email: 'x@example.com',
    external_id: 'FIRST',
  });
  expect(other.status).toBe(201);
});

it('lets two workspaces have the same email and external id (14)', async () => {
  const same = { email: 'both@example.com', external_id: 'both' };
  for (const ws of [await program.workspace(), await program.workspace()]) {
    expect((await ws.api('POST', '/api/customers/', same)).status).toBe(201);
  }
});

it('trims name and external id, and takes a blank one for none (15)', async () => {
  const ws = await program.workspace();
  const blank = await customer(ws, { name: ' \t ', external_id: '' });
  expect([blank.name, blank.external_id]).toEqual([null, null]);
  const padded = await customer(ws, { name: '  Ann ', external_id: ' a b ' });
  expect([padded.name, padded.external_id]).toEqual(['Ann', 'a b']);
  const none = await customer(ws, {
    name: null,
    external_id: null,
    type: null,
    owner: null,
    workspace_id: null,
    billing_address: null,
  });
  expect([none.name, none.external_id, none.type]).toEqual([null, null, 'individual']);
});

it('ignores fields it does not know and those a caller may not set (16)', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, {
    ...{ email: 'mass@example.com', nonsense: { a: 1 }, id: NOBODY, email_verified: true },
    ...{
      deleted_at: '2026-01-01T00:00:00Z',
      created_at: '2000-01-01T00:00:00Z',
      status: 'ARCHIVED',
    },
    ...{
      members: [],
      revision: 9,
      tags: ['x'],
      legal_name: 'x',
      avatar_url: 'x',
      modified_at: 'x',
    },
    billing_address: { country: 'DE', nonsense: 'kept?' },
  });
  expect(made).toMatchObject({ email_verified: false, deleted_at: null, modified_at: null });
  expect(made.id).not.toBe(NOBODY);
  expect(made.members).toHaveLength(1);
  expect(made.billing_address).not.toHaveProperty('nonsense');
  const [row] = await program.database.owner(
    'select status, tags, legal_name, revision::int as revision, billing_address from customers where id = $1',
    [made.id],
  );
  expect(row).toEqual({
    ...{ status: 'ACTIVE', tags: [], legal_name: null, revision: 1 },
    billing_address: { country: 'DE' },
  });
});

it('takes a name of 256 characters, measured as sent, and no longer one (17)', async () => {
  const ws = await program.workspace();
  expect((await customer(ws, { name: 'n'.repeat(256) })).name).toHaveLength(256);
  expect((await customer(ws, { name: '😀'.repeat(256) })).name).toBe('😀'.repeat(256));
  for (const name of ['n'.repeat(257), `n${' '.repeat(256)}`]) {
    const reply = await ws.api('POST', '/api/customers/', { email: 'n@example.com', name });
    expect(problems(reply)).toEqual(['string_too_long at body.name']);
    expect(reply.body.detail[0].ctx).toEqual({ max_length: 256 });
  }
});

it('keeps metadata within its limits and with its types (18)', async () => {
  const ws = await program.workspace();
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]));
  expect((await customer(ws, { metadata: fifty })).metadata).toEqual(fifty);
  const metadata = { text: '1', int: 1, float: 1.5, big: 9007199254740991, yes: true, no: false };
  const edge = { ['k'.repeat(40)]: 'v'.repeat(500), constructor: 'c', toString: 't' };
  const made = await customer(ws, { metadata: { ...metadata, ...edge } });
  expect(made.metadata).toEqual({ ...metadata, ...edge });
  expect((await ws.api('GET', `/api/customers/${made.id}`)).body.metadata).toEqual(made.metadata);
});

it('refuses metadata beyond its limits, each kind in its own words (18)', async () => {
  const ws = await program.workspace();
  const refused = async (metadata: unknown) =>
    problems(await ws.api('POST', '/api/customers/', { email: 'm@example.com', metadata }));
  const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i]));
  const reply = await ws.api('POST', '/api/customers/', {
    email: 'm@example.com',
    metadata: tooMany,
  });
  expect(problems(reply)).toEqual(['too_long at body.metadata']);
  expect(reply.body.detail[0].ctx).toEqual({
    field_type: 'Dictionary',
    max_length: 50,
    actual_length: 51,
  });
  const long = 'k'.repeat(41);
  expect(await refused({ [long]: 1 })).toEqual([`string_too_long at body.metadata.${long}.[key]`]);
  expect(await refused({ '': 1 })).toEqual(['string_too_short at body.metadata..[key]']);
  const branches = (key: string, first: string) => [
    `${first} at body.metadata.${key}.constrained-str`,
    `int_type at body.metadata.${key}.int`,
    `float_type at body.metadata.${key}.float`,
    `bool_type at body.metadata.${key}.bool`,
  ];
  expect(await refused({ a: 'v'.repeat(501) })).toEqual(branches('a', 'string_too_long'));
  expect(await refused({ a: '' })).toEqual(branches('a', 'string_too_short'));
  for (const value of [null, [], {}, { b: 1 }]) {
    expect(await refused({ a: value })).toEqual(branches('a', 'string_type'));
  }
  for (const value of [null, [], 'x', 1])
    expect(await refused(value)).toEqual(['dict_type at body.metadata']);
});

const ADDRESS = { line1: null, line2: null, postal_code: null, city: null, state: null };

it('takes every ISO country in any case and keeps all six parts of an address (19)', async () => {
  const ws = await program.workspace();
  const at = async (billing_address: object) =>
    (await customer(ws, { billing_address })).billing_address;
  expect(await at({ country: 'de' })).toEqual({ ...ADDRESS, country: 'DE' });
  for (const country of ['CU', 'IR', 'KP', 'RU', 'SY', 'AX', 'UM'])
    expect((await at({ country })).country).toBe(country);
  expect(
    await at({
      line1: ' 1 Main St ',
      line2: '  ',
      postal_code: '10115',
      city: 'Berlin',
      state: ' BE ',
      country: 'DE',
    }),
  ).toEqual({
    line1: '1 Main St',
    line2: null,
    postal_code: '10115',
    city: 'Berlin',
    state: 'BE',
    country: 'DE',
  });
});

it('prefixes the states of the US and Canada and takes their territories (19)', async () => {
  const ws = await program.workspace();
  const stateOf = async (country: string, state?: string | null) =>
    (await customer(ws, { billing_address: { country, state } })).billing_address.state;
  expect(await stateOf('US', 'CA')).toBe('US-CA');
  expect(await stateOf('us', 'US-NY')).toBe('US-NY');
  expect(await stateOf('US', 'PR')).toBe('US-PR');
  expect(await stateOf('US')).toBe(null);
  expect(await stateOf('US', null)).toBe(null);
  expect(await stateOf('US', ' ')).toBe(null);
  expect(await stateOf('CA', 'NU')).toBe('CA-NU');
  expect(await stateOf('CA', 'CA-QC')).toBe('CA-QC');
  expect(await stateOf('MX', 'whatever')).toBe('whatever');
});

it('refuses countries and states that do not exist (19)', async () => {
  const ws = await program.workspace();
  const refused = async (billing_address: unknown) =>
    problems(await ws.api('POST', '/api/customers/', { email: 'a@example.com', billing_address }));
  for (const country of ['XX', '', 'DEU', 'Germany', 'UK', 'EU']) {
    expect(await refused({ country })).toEqual(['enum at body.billing_address.country']);
  }
  expect(await refused({})).toEqual(['missing at body.billing_address.country']);
  for (const country of [null, 1, {}]) {
    expect(await refused({ country, state: 'NY' })).toEqual([
      'string_type at body.billing_address.country',
    ]);
  }
  for (const state of ['ZZ', 'US-ZZ', 'ca', 'us-CA', 'California']) {
    expect(await refused({ country: 'US', state })).toEqual([
      'value_error at body.billing_address',
    ]);
  }
  expect(await refused({ country: 'CA', state: 'NY' })).toEqual([
    'value_error at body.billing_address',
  ]);
  expect(await refused({ country: 'DE', city: 1 })).toEqual([
    'string_type at body.billing_address.city',
  ]);
  expect(await refused('Berlin')).toEqual(['model_attributes_type at body.billing_address']);
});

it('refuses a workspace id from a workspace token, even its own (20)', async () => {
  const ws = await program.workspace();
  for (const workspace_id of [ws.id, NOBODY]) {
    const reply = await ws.api('POST', '/api/customers/', { email: 'w@example.com', workspace_id });
    expect(problems(reply)).toEqual(['workspace_token at body.workspace_id']);
  }
});

it('reads an email by its syntax alone', async () => {
  const ws = await program.workspace();
  for (const [given, kept] of [
    ['  ann@example.com ', 'ann@example.com'],
    ['Ann Example <ann+tag@Example.ORG>', 'ann+tag@example.org'],
    ['Ann@MÜNCHEN.example', 'Ann@münchen.example'],
    ['łukasz@example.com', 'łukasz@example.com'],
    ['a@b.test', 'a@b.test'],
    [`${'l'.repeat(64)}@${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.com`, undefined],
  ]) {
    const made = await customer(ws, { email: given });
    expect(made.email).toBe(kept ?? given);
  }
  const bad = [
    '',
    'ann',
    'ann@',
    '@example.com',
    'ann@localhost',
    'a..b@example.com',
    '"a"@example.com',
    'ann@[127.0.0.1]',
    'ann@example..com',
    'ann@-a.com',
    '.a@example.com',
    'a b@example.com',
    'ann@example.com\r\nBcc: x@y.zz',
    `${'l'.repeat(60)}@${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(63)}.com`,
  ];
  for (const email of bad) {
    const reply = await ws.api('POST', '/api/customers/', { email });
    expect([email, ...problems(reply)]).toEqual([email, 'value_error at body.email']);
    expect(typeof reply.body.detail[0].ctx.reason).toBe('string');
  }
  expect(problems(await ws.api('POST', '/api/customers/', {}))).toEqual(['missing at body.email']);
  expect(problems(await ws.api('POST', '/api/customers/', { email: null }))).toEqual([
    'string_type at body.email',
  ]);
});

it('reports every problem of a body together, and creates nothing', async () => {
  const ws = await program.workspace();
  const reply = await ws.api('POST', '/api/customers/?include_members=maybe', {
    email: 'nope',
    name: 5,
    type: 'robot',
    metadata: { a: null },
    billing_address: { country: 'XX' },
  });
  const found = problems(reply);
  for (const wanted of [
    'bool_parsing at query.include_members',
    'value_error at body.email',
    'string_type at body.name',
    'enum at body.type',
    'enum at body.billing_address.country',
    'string_type at body.metadata.a.constrained-str',
  ]) {
    expect(found).toContain(wanted);
  }
  expect(reply.body.detail.find((i: { loc: string[] }) => i.loc[1] === 'type').ctx).toEqual({
    expected: "'individual' or 'team'",
  });
  expect((await ws.api('GET', '/api/customers/')).body.meta.total).toBe(0);
});
