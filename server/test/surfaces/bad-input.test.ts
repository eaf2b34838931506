import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { customer, NOBODY, problems } from './workspace/common.ts';

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
});
afterAll(() => program.close());

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  ws.api('POST', '/api/customers/', body, headers);

const total = async () => (await ws.api('GET', '/api/customers/')).body.meta.total;

it('refuses what is no JSON, and says where it stops being some', async () => {
  const before = await total();
  for (const [body, offset] of [
    ['{', 1],
    ['{"email": "a@example.com",}', 26],
    ['{"email" "a"}', 9],
    ["{'email': 1}", 1],
    ['{"email": tru}', 10],
    ['{"email": 01}', 11],
    ['{"email": .5}', 10],
    ['{"email": +1}', 10],
    ['{"email": NaN}', 10],
    ['{"email": "a\n"}', 10],
    ['{"email": "\\x"}', 10],
    ['{} {}', 3],
    ['[1,]', 3],
    ['// nothing\n{}', 0],
    ['   ', 3],
    ['{"a":1]', 6],
  ] as const) {
    const reply = await post(body);
    expect([body, ...problems(reply)]).toEqual([body, `json_invalid at body.${offset}`]);
    expect(reply.body.detail[0].ctx.error).toEqual(expect.any(String));
    expect(reply.body.detail[0].loc[1]).toBe(offset);
  }
  expect(await total()).toBe(before);
});

it('refuses JSON that would not come back as it was sent', async () => {
  for (const body of [
    '{"email": "a@example.com", "email": "b@example.com"}',
    '{"metadata": {"a": 1, "\\u0061": 2}}',
    '{"metadata": {"a": 9007199254740993}}',
    '{"metadata": {"a": -9007199254740992}}',
    '{"metadata": {"a": 1e400}}',
    '{"name": "a\\u0000b"}',
    '{"na\\u0000me": "b"}',
    '{"name": "\\ud800"}',
    '{"name": "\\udc00\\ud800"}',
    '{"__proto__": {"polluted": true}}',
    '{"metadata": {"__proto__": "x"}}',
    '{"metadata": {"\\u005f_proto__": "x"}}',
    '{"billing_address": {"country": "DE", "__proto__": {}}}',
  ]) {
    const found = problems(await post(body));
    expect([body, found.length, found[0]]).toEqual([
      body,
      1,
      expect.stringMatching(/^json_invalid at body\.\d+$/),
    ]);
  }
  expect(({} as { polluted?: boolean }).polluted).toBe(undefined);
});

it('keeps every character that is text', async () => {
  const name = 'Zażółć 😀 \u202e \ufeff \u2028 \\ " \u007f';
  const made = await customer(ws, { name, metadata: { '\u2028k': '\t\r\n', 𝒦: '\ufffd' } });
  expect(made.name).toBe(name);
  expect(made.metadata).toEqual({ '\u2028k': '\t\r\n', 𝒦: '\ufffd' });
  expect((await ws.api('GET', `/api/customers/${made.id}`)).body).toEqual(made);
  expect((await post('{"email":"pair@example.com","name":"\\ud83d\\ude00"}')).body.name).toBe('😀');
});

it('reads UTF-8 without a mark, and nothing else', async () => {
  const text = '{"email":"enc@example.com"}';
  const wide = Buffer.from(text, 'utf16le');
  for (const bytes of [
    Buffer.from(`\ufeff${text}`),
    wide,
    Buffer.concat([Buffer.from([0xff, 0xfe]), wide]),
    Buffer.from(wide).swap16(),
    Buffer.from('{"name":"\xe9"}', 'latin1'),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    Buffer.from([0x22, 0xc0, 0x80, 0x22]),
  ]) {
    expect(problems(await post(bytes))[0]).toMatch(/^json_invalid at body\.\d+$/);
  }
  expect((await post(text, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(
    201,
  );
  expect(
    (await post('{"email":"v@example.com"}', { 'content-type': 'Application/vnd.x+JSON' })).status,
  ).toBe(201);
});

it('refuses a body that is no object, not sent as JSON, or not there', async () => {
  for (const body of ['[]', '"text"', '1', 'null', 'true', '[{"email":"a@example.com"}]']) {
    expect([body, ...problems(await post(body))]).toEqual([body, 'model_attributes_type at body']);
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ]) {
    const reply = await post('{"email":"a@example.com"}', { 'content-type': type });
    expect([type, ...problems(reply)]).toEqual([type, 'model_attributes_type at body']);
  }
  for (const path of ['/api/customers/', '/api/members/', '/api/meters/', '/api/events/ingest']) {
    expect([path, ...problems(await ws.api('POST', path))]).toEqual([path, 'missing at body']);
  }
  expect(problems(await ws.api('PATCH', `/api/customers/${NOBODY}`))).toEqual(['missing at body']);
  expect(problems(await post(''))).toEqual(['missing at body']);
});

it('answers 413 in its own shape for more than 1 MiB, with or without a length', async () => {
  const big = JSON.stringify({ email: 'big@example.com', padding: 'x'.repeat(2 * 1024 * 1024) });
  for (const path of ['/api/customers/', '/api/members/', '/admin/v1/workspaces']) {
    const call = path.startsWith('/admin') ? program.root : ws.api;
    const reply = await call('POST', path, big);
    expect([path, reply.status, reply.body]).toEqual([
      path,
      413,
      { error: 'PayloadTooLarge', detail: expect.any(String) },
    ]);
  }
  const chunked = await fetch(`${program.url}/api/customers/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ws.token}`, 'content-type': 'application/json' },
    body: new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(64 * 1024, 0x20));
      },
    }),
    duplex: 'half',
  } as RequestInit).then(
    (r) => r.status,
    () => 'cut off',
  );
  expect([413, 'cut off']).toContain(chunked);
  const fits = `{"email":"fits@example.com","nonsense":"${'x'.repeat(1024 * 1024 - 42)}"}`;
  expect(Buffer.byteLength(fits)).toBe(1024 * 1024);
  expect((await post(fits)).status).toBe(201);
});

it('refuses JSON bombs: depth, keys and numbers (T50)', async () => {
  const deep = (n: number, open: string, close: string) => open.repeat(n) + close.repeat(n);
  expect(problems(await post('['.repeat(100_000)))).toEqual(['json_invalid at body.32']);
  expect(problems(await post(deep(33, '[', ']')))).toEqual(['json_invalid at body.32']);
  expect(problems(await post(deep(32, '[', ']')))).toEqual(['model_attributes_type at body']);
  expect(problems(await post('{"a":'.repeat(50_000)))[0]).toMatch(/^json_invalid/);
  const keys = `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join(',')}}`;
  expect(problems(await post(keys))[0]).toMatch(/^json_invalid/);
  const metadata = `{"email":"a@example.com","metadata":${keys.slice(0, 200_000).replace(/,[^,]*$/, '}')}}`;
  expect(problems(await post(metadata))).toEqual(['too_long at body.metadata']);
  const nulls = `{"email":"a@example.com","metadata":{${Array.from({ length: 50 }, (_, i) => `"${i}":null`).join(',')}}}`;
  expect(problems(await post(nulls)).length).toBeLessThanOrEqual(200);
  expect(problems(await post(`{"name":"${'\\u0041'.repeat(150_000)}"}`))).toContain(
    'string_too_long at body.name',
  );
  expect(problems(await post(`"${'a'.repeat(1_000_000)}`))).toEqual(['json_invalid at body.0']);
});

it('takes the names JavaScript treats specially for plain text', async () => {
  const metadata = {
    constructor: 'a',
    toString: 'b',
    hasOwnProperty: 'c',
    prototype: 'd',
    length: 1,
  };
  const made = await customer(ws, {
    metadata,
    constructor: { prototype: { polluted: true } },
    toString: 1,
  });
  expect(made.metadata).toEqual(metadata);
  for (const key of Object.keys(metadata)) {
    const value = encodeURIComponent(String(metadata[key as 'length']));
    const found = await ws.api('GET', `/api/customers/?metadata[${key}]=${value}`);
    expect(found.body.data.map((c: { id: string }) => c.id)).toEqual([made.id]);
  }
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    expect(
      (
        await ws.api(
          'GET',
          `/api/customers/?${name}=1&${name}[polluted]=1&metadata[${name}][polluted]=1`,
        )
      ).status,
    ).toBe(200);
  }
  expect(problems(await ws.api('GET', '/api/customers/__proto__'))).toEqual([
    'uuid_parsing at path.id',
  ]);
  expect((await ws.api('GET', '/api/customers/external/__proto__')).status).toBe(404);
  expect(({} as { polluted?: boolean }).polluted).toBe(undefined);
});

it('changes nothing and never fails, whatever is put where', async () => {
  const { id } = await customer(ws, {
    external_id: 'victim',
    name: 'Victim',
    billing_address: { country: 'DE' },
  });
  const before = await ws.api('GET', `/api/customers/${id}`);
  const nasty = [
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    '',
    ' ',
    'x'.repeat(10_000),
    "'; drop table customers; --",
    '{}',
    [],
    [null],
    {},
    { a: { b: {} } },
    '0',
    '\u200b',
  ];
  const fields = [
    'email',
    'name',
    'external_id',
    'billing_address',
    'metadata',
    'type',
    'workspace_id',
    'owner',
  ];
  const ok = new Set([200, 201, 422]);
  for (const field of fields) {
    for (const value of nasty) {
      const reply = await post(JSON.stringify({ email: 'not an address', [field]: value }));
      expect([field, value, reply.status]).toEqual([field, value, 422]);
    }
  }
  for (const value of nasty.filter((v) => typeof v !== 'string' && v !== null)) {
    for (const field of ['email', 'external_id', 'type', 'name']) {
      const reply = await ws.api('PATCH', `/api/customers/${id}`, { [field]: value });
      expect([field, value, reply.status]).toEqual([field, value, 422]);
    }
  }
  for (const name of [
    'page',
    'limit',
    'sorting',
    'query',
    'email',
    'workspace_id',
    'include_members',
    'metadata[a]',
    'metadata',
  ]) {
    for (const value of nasty) {
      const text = encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))
        .slice(0, 6_000)
        .replace(/%.?$/, '');
      const reply = await ws.api('GET', `/api/customers/?${name}=${text}`);
      expect([name, value, ok.has(reply.status)]).toEqual([name, value, true]);
    }
  }
  expect((await ws.api('GET', `/api/customers/${id}`)).text).toBe(before.text);
});
