import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, list, NOBODY, names, problems } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('lists ten a page, newest first, and counts them all (23)', async () => {
  const ws = await program.workspace();
  expect(await list(ws)).toEqual({ data: [], meta: { total: 0, page: 1, per_page: 10, pages: 0 } });
  const made = [];
  for (let i = 0; i < 12; i += 1) made.push(await customer(ws, { name: `n${i}` }));
  const first = await list(ws);
  expect(Object.keys(first)).toEqual(['data', 'meta']);
  expect(first.data).toEqual(made.toReversed().slice(0, 10));
  expect(first.meta).toEqual({ total: 12, page: 1, per_page: 10, pages: 2 });
  const second = await list(ws, '?page=2');
  expect(second.data).toEqual(made.slice(0, 2).toReversed());
  expect(second.meta).toEqual({ total: 12, page: 2, per_page: 10, pages: 2 });
  const past = await list(ws, '?page=1000000000');
  expect(past).toEqual({
    data: [],
    meta: { total: 12, page: 1_000_000_000, per_page: 10, pages: 2 },
  });
  const furthest = await list(ws, '?page=9007199254740991&limit=100&query=n');
  expect(furthest.data).toEqual([]);
  expect(furthest.meta.total).toBe(12);
});

it('takes a limit over 100 for 100 (24)', async () => {
  const ws = await program.workspace();
  await customer(ws);
  for (const limit of [101, 500, 9007199254740991]) {
    expect((await list(ws, `?limit=${limit}`)).meta).toEqual({
      total: 1,
      page: 1,
      per_page: 100,
      pages: 1,
    });
  }
});

it('refuses a page or limit that is not a whole number above 0 (25)', async () => {
  const ws = await program.workspace();
  for (const name of ['page', 'limit']) {
    for (const value of ['0', '-1']) {
      const reply = await ws.api('GET', `/api/customers/?${name}=${value}`);
      expect(problems(reply)).toEqual([`greater_than at query.${name}`]);
      expect(reply.body.detail[0]).toMatchObject({ ctx: { gt: 0 }, input: value });
    }
    for (const value of ['x', '1.5', '', '1e3', '99999999999999999999', '0x10']) {
      const reply = await ws.api('GET', `/api/customers/?${name}=${value}`);
      expect([value, ...problems(reply)]).toEqual([value, `int_parsing at query.${name}`]);
    }
  }
});

it('sorts by each field in both directions, and by several in turn (26)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'b@example.com', name: 'Beta' });
  await customer(ws, { email: 'a@example.com', name: 'Gamma' });
  await customer(ws, { email: 'd@example.com', name: 'Beta' });
  await customer(ws, { email: 'c@example.com', name: null });
  const order = async (query: string) =>
    (await list(ws, query)).data.map((c) => c.email[0]).join('');
  expect(await order('?sorting=email')).toBe('abcd');
  expect(await order('?sorting=-email')).toBe('dcba');
  expect(await order('?sorting=created_at')).toBe('badc');
  expect(await order('?sorting=-created_at')).toBe('cdab');
  expect(await order('?sorting=name&sorting=email')).toBe('bdac');
  expect(await order('?sorting=name&sorting=-email')).toBe('dbac');
  // Names that are missing count as last upwards and first downwards.
  expect(await order('?sorting=-name&sorting=email')).toBe('cabd');
  expect(await order('?sorting=email&sorting=email&sorting=-email')).toBe('abcd');
  expect(await order('?sorting=-email&query=example')).toBe('dcba');
  expect((await list(ws, `?${'sorting=name&'.repeat(900)}sorting=email`)).data).toHaveLength(4);
});

it('refuses a sorting it does not know, and lists in one value (27)', async () => {
  const ws = await program.workspace();
  for (const value of ['foo', '+name', 'name,email', '--name', 'NAME', '']) {
    const reply = await ws.api('GET', `/api/customers/?sorting=${encodeURIComponent(value)}`);
    expect([value, ...problems(reply)]).toEqual([value, 'enum at query.sorting.0']);
    expect(reply.body.detail[0].ctx.expected).toContain("'-created_at'");
  }
  expect(problems(await ws.api('GET', '/api/customers/?sorting=name&sorting=x'))).toEqual([
    'enum at query.sorting.1',
  ]);
});

it('searches email and name anywhere and the external id from its start, literally (28)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'zoe.q@example.com', name: 'one', external_id: 'ERP-001' });
  await customer(ws, { email: 'x@other.example', name: 'two Żółw', external_id: 'x-ERP-001' });
  await customer(ws, {
    email: 'hundred@pct.example',
    name: '100% three_four',
    external_id: 'a\\b',
  });
  await customer(ws, { email: 'tail@tail.example', name: '1000 threeXfour', external_id: 'aXb' });
  const search = async (term: string) =>
    (await names(ws, `?query=${encodeURIComponent(term)}`)).sort();
  expect(await search('ZOE.Q@exam')).toEqual(['one']);
  expect(await search('q@ex')).toEqual(['one']);
  expect(await search('ŻÓŁ')).toEqual(['two Żółw']);
  expect(await search('erp-0')).toEqual(['one']);
  expect(await search('ERP')).toEqual(['one']);
  expect(await search('100%')).toEqual(['100% three_four']);
  expect(await search('%%%')).toEqual([]);
  expect(await search('three_four')).toEqual(['100% three_four']);
  expect(await search('a\\b')).toEqual(['100% three_four']);
  expect(await search('')).toHaveLength(4);
  expect(await search('nothing like it')).toEqual([]);
  expect(await search('x'.repeat(5_000))).toEqual([]);
  // One or two characters match the start of a value (decision 33).
  expect(await search('zo')).toEqual(['one']);
  expect(await search('tw')).toEqual(['two Żółw']);
  expect(await search('er')).toEqual(['one']);
  expect(await search('%')).toEqual([]);
  expect(await search('_')).toEqual([]);
});

it('does not find a term that spans email and name (28)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'ann@example.com', name: 'Bob' });
  expect(await names(ws, `?query=${encodeURIComponent('com\nbob')}`)).toEqual([]);
});

it('finds the start of an external id of any length (28)', async () => {
  const ws = await program.workspace();
  await customer(ws, { name: 'long', external_id: 'e'.repeat(300) });
  expect(await names(ws, `?query=${'e'.repeat(250)}`)).toEqual(['long']);
  expect(await names(ws, `?query=${'e'.repeat(301)}`)).toEqual([]);
});

it('finds an exact email in any case, and takes any text for one (29)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'Exact@example.com', name: 'exact' });
  await customer(ws, { email: 'exact@example.com.au', name: 'longer' });
  expect(await names(ws, '?email=eXACT@EXAMPLE.com')).toEqual(['exact']);
  for (const none of ['exact', '', 'not an email', '%25', '%20exact@example.com']) {
    expect((await list(ws, `?email=${none}`)).meta).toMatchObject({ total: 0, pages: 0 });
  }
});

it('filters by metadata: one value, either of two, two keys, numbers and booleans (30)', async () => {
  const ws = await program.workspace();
  await customer(ws, { name: 'a', metadata: { plan: 'gold', seats: 5, on: true, rate: 1.5 } });
  await customer(ws, { name: 'b', metadata: { plan: 'silver', seats: 5, on: false } });
  await customer(ws, { name: 'c', metadata: { plan: 'lead', seats: '5', 'odd key.x': 'v' } });
  await customer(ws, { name: 'd' });
  const where = async (query: string) => (await names(ws, `?${query}`)).sort().join('');
  expect(await where('metadata[plan]=gold')).toBe('a');
  expect(await where('metadata%5Bplan%5D=gold')).toBe('a');
  expect(await where('metadata[plan]=gold&metadata[plan]=lead')).toBe('ac');
  expect(await where('metadata[plan]=gold&metadata[seats]=5')).toBe('a');
  expect(await where('metadata[plan]=gold&metadata[seats]=6')).toBe('');
  expect(await where('metadata[seats]=5')).toBe('abc');
  expect(await where('metadata[on]=true')).toBe('a');
  expect(await where('metadata[on]=false')).toBe('b');
  expect(await where('metadata[on]=1')).toBe('');
  expect(await where('metadata[rate]=1.5')).toBe('a');
  expect(await where('metadata[odd%20key.x]=v')).toBe('c');
  expect(await where('metadata[plan]=GOLD')).toBe('');
  expect(await where('metadata[none]=x')).toBe('');
  expect(await where('metadata[__proto__]=x')).toBe('');
  // Any other spelling is no filter.
  for (const other of [
    'metadata=gold',
    'metadata.plan=x',
    'metadata[]=x',
    'metadata[plan][x]=x',
    'Metadata[plan]=x',
  ]) {
    expect([other, await where(other)]).toEqual([other, 'abcd']);
  }
  expect(await where('metadata[seats]=5&query=b&email=zzz')).toBe('');
  expect((await list(ws, '?metadata[seats]=5&limit=1&page=2')).meta).toEqual({
    total: 3,
    page: 2,
    per_page: 1,
    pages: 3,
  });
});

it('takes as many filters as a URL can hold', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { metadata: { k1: 'v' } });
  const many = Array.from({ length: 600 }, (_, i) => `metadata[k${i}]=v`).join('&');
  expect((await list(ws, `?${many}`)).meta.total).toBe(0);
  const values = Array.from({ length: 600 }, (_, i) => `metadata[k1]=v${i}`).join('&');
  expect((await list(ws, `?${values}&metadata[k1]=v`)).data).toEqual([made]);
});

it('lists no deleted customer and counts none (31)', async () => {
  const ws = await program.workspace();
  const kept = await customer(ws, { email: 'kept@example.com' });
  const gone = await customer(ws, { email: 'gone@example.com', metadata: { a: 1 } });
  await ws.api('DELETE', `/api/customers/${gone.id}`);
  expect(await list(ws)).toMatchObject({ data: [kept], meta: { total: 1 } });
  for (const query of ['?query=gone', '?query=go', '?email=gone@example.com', '?metadata[a]=1']) {
    expect((await list(ws, query)).meta.total).toBe(0);
  }
});

it('answers a filter on another workspace with nothing', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  await customer(ws);
  await customer(other);
  expect((await list(ws, `?workspace_id=${ws.id}`)).meta.total).toBe(1);
  expect(
    (await list(ws, `?workspace_id=${other.id}&workspace_id=${ws.id.toUpperCase()}`)).meta.total,
  ).toBe(1);
  for (const id of [other.id, NOBODY]) {
    expect(await list(ws, `?workspace_id=${id}`)).toEqual({
      data: [],
      meta: { total: 0, page: 1, per_page: 10, pages: 0 },
    });
    expect(
      (await ws.api('GET', `/api/customers/export?workspace_id=${id}`)).text.split('\r\n'),
    ).toHaveLength(2);
  }
  expect(problems(await ws.api('GET', '/api/customers/?workspace_id=x'))).toEqual([
    'uuid_parsing at query.workspace_id.uuid',
    'uuid_parsing at query.workspace_id.list[uuid].0',
  ]);
});

it('ignores query parameters it does not know', async () => {
  const ws = await program.workspace();
  await customer(ws);
  expect((await list(ws, '?foo=1&constructor=2&__proto__=3&offset=9')).meta.total).toBe(1);
});
