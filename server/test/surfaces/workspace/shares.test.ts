import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { NOBODY, problems, TIME, UUID4 } from './common.ts';

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
});
afterAll(() => program.close());

const create = (fields: object = {}) => ws.api('POST', '/api/shares/', { name: 'Book', ...fields });
const get = async (id: string) => (await ws.api('GET', `/api/shares/${id}`)).body;
const patch = (id: string, fields: object) => ws.api('PATCH', `/api/shares/${id}`, fields);
const picture = {
  name: 'cover.png',
  mime_type: 'image/png',
  size: 1_536_000,
  public_url: 'https://files.example.com/shop/cover.png?v=1',
};

it('makes a share with its defaults: a draft without prices and pictures', async () => {
  const reply = await create({ name: ' Book ', nonsense: 1, is_archived: true });
  expect(reply.status, reply.text).toBe(201);
  const { id, created_at, ...rest } = reply.body;
  expect(id).toMatch(UUID4);
  expect(created_at).toMatch(TIME);
  expect(rest).toEqual({
    ...{ modified_at: null, name: 'Book', description: null, visibility: 'draft' },
    ...{ is_archived: false, workspace_id: ws.id, prices: [], medias: [] },
  });
  expect(await get(id)).toEqual(reply.body);
});

it('shows each kind of price with its own amounts alone', async () => {
  const amounts = { price_amount: 1, minimum_amount: 5, maximum_amount: 9, preset_amount: 7 };
  const reply = await create({
    prices: [
      { amount_type: 'fixed', ...amounts, price_amount: 990, price_currency: 'eur' },
      { amount_type: 'custom' },
      { amount_type: 'custom', ...amounts, source: 'ad_hoc' },
      { amount_type: 'free', ...amounts },
    ],
  });
  expect(reply.status, reply.text).toBe(201);
  const { id, created_at } = reply.body;
  const common = {
    ...{ id: expect.stringMatching(UUID4), created_at, modified_at: null, source: 'catalog' },
    ...{ price_currency: 'usd', is_archived: false, share_id: id },
  };
  expect(reply.body.prices).toEqual([
    { ...common, amount_type: 'fixed', price_currency: 'eur', price_amount: 990 },
    {
      ...{ ...common, amount_type: 'custom', minimum_amount: 2000 },
      ...{ maximum_amount: null, preset_amount: null },
    },
    {
      ...{ ...common, amount_type: 'custom', source: 'ad_hoc', minimum_amount: 5 },
      ...{ maximum_amount: 9, preset_amount: 7 },
    },
    { ...common, amount_type: 'free' },
  ]);
  expect(await get(id)).toEqual(reply.body);
});

it('refuses prices whose amounts are missing or disagree', async () => {
  const bad = async (...prices: object[]) => problems(await create({ prices }));
  expect(await bad({ amount_type: 'free' }, { amount_type: 'fixed' })).toEqual([
    'value_error at body.prices.1.price_amount',
  ]);
  const custom = (fields: object) => ({ amount_type: 'custom', ...fields });
  expect(await bad(custom({ maximum_amount: 1999 }))).toEqual([
    'value_error at body.prices.0.maximum_amount',
  ]);
  expect(await bad(custom({ preset_amount: 1999 }))).toEqual([
    'value_error at body.prices.0.preset_amount',
  ]);
  expect(await bad(custom({ minimum_amount: 1, maximum_amount: 5, preset_amount: 6 }))).toEqual([
    'value_error at body.prices.0.preset_amount',
  ]);
  expect(
    (
      await bad(custom({ minimum_amount: -1, price_currency: 'xxx', source: 'gift' }), {})
    ).toSorted(),
  ).toEqual([
    'enum at body.prices.0.price_currency',
    'enum at body.prices.0.source',
    'greater_than_equal at body.prices.0.minimum_amount',
    'missing at body.prices.1.amount_type',
  ]);
  expect(problems(await create({ name: ' ', visibility: 'secret' })).toSorted()).toEqual([
    'enum at body.visibility',
    'string_too_short at body.name',
  ]);
  const many = Array.from({ length: 51 }, () => ({ amount_type: 'free' }));
  expect(await bad(...many)).toEqual(['too_long at body.prices']);
  const { body } = await create();
  expect(problems(await patch(body.id, { prices: [{ amount_type: 'fixed' }] }))).toEqual([
    'value_error at body.prices.0.price_amount',
  ]);
});

it('shows pictures in their order with what follows from them', async () => {
  const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const reply = await create({
    medias: [
      { ...picture, checksum_sha256_hex: hex, last_modified_at: '2026-01-02T03:04:05+01:00' },
      { ...picture, name: 'b', size: 3, path: 'b/b', is_uploaded: false, version: '2' },
    ],
  });
  expect(reply.status, reply.text).toBe(201);
  const [first, second] = reply.body.medias;
  expect(first).toEqual({
    ...{ ...picture, id: expect.stringMatching(UUID4), workspace_id: ws.id },
    ...{ path: '/shop/cover.png', storage_version: null, checksum_etag: null, version: null },
    ...{ checksum_sha256_hex: hex, size_readable: '1.5 MB', is_uploaded: true },
    checksum_sha256_base64: Buffer.from(hex, 'hex').toString('base64'),
    ...{ last_modified_at: '2026-01-02T02:04:05.000Z', service: 'product_media' },
    created_at: reply.body.created_at,
  });
  expect(second).toMatchObject({ name: 'b', path: 'b/b', size_readable: '3 B', version: '2' });
  expect(await get(reply.body.id)).toEqual(reply.body);
  const bad = async (fields: object) =>
    problems(await create({ medias: [{ ...picture, ...fields }] }));
  for (const public_url of ['javascript:alert(1)', 'data:text/html,x', '/cover.png']) {
    expect(await bad({ public_url })).toEqual(['url_parsing at body.medias.0.public_url']);
  }
  expect(await bad({ mime_type: 'png', checksum_sha256_hex: 'x', size: -1 })).toHaveLength(3);
});

it('changes fields alone that are given', async () => {
  const { body: made } = await create({
    ...{ description: 'Old', prices: [{ amount_type: 'free' }], medias: [picture] },
  });
  expect((await patch(made.id, {})).body).toEqual(made);
  const nulls = { name: null, visibility: null, is_archived: null, prices: null, medias: null };
  expect((await patch(made.id, nulls)).body).toEqual(made);
  const given = { name: 'New', visibility: 'public', is_archived: true, description: null };
  const { body } = await patch(made.id, { ...given, id: NOBODY });
  expect(body).toEqual({ ...made, ...given, modified_at: expect.stringMatching(TIME) });
  expect(await get(made.id)).toEqual(body);
});

it('replaces prices and pictures: what stays keeps its id, other prices are archived', async () => {
  const fixed = (price_amount: number) => ({ amount_type: 'fixed', price_amount });
  const { body: made } = await create({
    prices: [fixed(1), fixed(2), fixed(2), { amount_type: 'free' }],
    medias: [picture, { ...picture, name: 'b' }],
  });
  const [one, two, again, free] = made.prices;
  const { body } = await patch(made.id, {
    prices: [fixed(3), { amount_type: 'free' }, fixed(2)],
    medias: [{ ...picture, name: 'c' }, picture],
  });
  expect(body.prices.map((p: { id: string }) => p.id)).toEqual([
    ...[two.id, free.id, expect.stringMatching(UUID4)],
  ]);
  expect(body.prices[2]).toMatchObject({ price_amount: 3, created_at: body.modified_at });
  expect(body.medias.map((m: { name: string }) => m.name)).toEqual(['c', 'cover.png']);
  expect(body.medias[1].id).toBe(made.medias[0].id);
  expect(await get(made.id)).toEqual(body);
  const archived = await program.database.owner<{ id: string }>(
    'select id from share_prices where share_id = $1 and is_archived order by position',
    [made.id],
  );
  expect(archived.map((p) => p.id)).toEqual([one.id, again.id]);
  const none = await patch(made.id, { prices: [], medias: [] });
  expect([none.body.prices, none.body.medias]).toEqual([[], []]);
  expect(await get(made.id)).toEqual(none.body);
});

it('stays whole when many change its prices at once', async () => {
  const { id } = (await create()).body;
  const list = (n: number) => [
    { amount_type: 'fixed', price_amount: n },
    { amount_type: 'fixed', price_amount: n + 1000 },
  ];
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, n) => patch(id, { prices: list(n), medias: [picture] })),
  );
  expect(replies.map((r) => r.status)).toEqual(Array(20).fill(200));
  const { prices, medias } = await get(id);
  expect(prices).toHaveLength(2);
  expect(prices[1].price_amount - prices[0].price_amount).toBe(1000);
  expect(medias).toHaveLength(1);
});

it('lists shares newest first, and is shut to other workspaces and scopes', async () => {
  const own = await program.workspace();
  const made = [];
  for (const name of ['a', 'b', 'c']) {
    const prices = [{ amount_type: 'free' }];
    made.unshift((await own.api('POST', '/api/shares', { name, prices })).body);
  }
  const { body } = await own.api('GET', '/api/shares/?limit=2');
  expect(body).toEqual({
    data: made.slice(0, 2),
    meta: { total: 3, page: 1, per_page: 2, pages: 2 },
  });
  expect((await own.api('GET', '/api/shares/?page=7')).body).toMatchObject({
    data: [],
    meta: { total: 3 },
  });
  for (const [method, body] of [
    ['GET', undefined],
    ['PATCH', { name: 'x' }],
  ] as const) {
    const theirs = await ws.api(method, `/api/shares/${made[0].id}`, body);
    const unknown = await ws.api(method, `/api/shares/${NOBODY}`, body);
    expect([theirs.status, theirs.text]).toEqual([404, unknown.text]);
  }
  const reader = await program.workspace(['shares:read', 'file_sharing:write']);
  expect((await reader.api('GET', '/api/shares/')).status).toBe(200);
  expect((await reader.api('POST', '/api/shares/', { name: 'x' })).status).toBe(403);
});
