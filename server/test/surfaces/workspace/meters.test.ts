import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { customer, NOBODY, problems, TIME, UUID4 } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const meter = async (ws: TestWorkspace, aggregation: object, filter: object[] = [], name = 'm') =>
  (await ws.api('POST', '/api/meters/', { name, aggregation, filter })).body;

const ingest = (ws: TestWorkspace, events: object[]) =>
  ws.api('POST', '/api/events/ingest', { events });

/** Meter id → the customer's standing on it. */
async function standings(
  ws: TestWorkspace,
  id: string,
): Promise<Map<string, Record<string, unknown>>> {
  const reply = await ws.api('GET', `/api/customers/${id}/state`);
  expect(reply.status, reply.text).toBe(200);
  return new Map(reply.body.active_meters.map((m: { meter_id: string }) => [m.meter_id, m]));
}

it('creates meters and lists them newest first', async () => {
  const ws = await program.workspace();
  const filter = [{ property: 'region', operator: 'eq', value: 'eu' }];
  const reply = await ws.api('POST', '/api/meters/', {
    name: ' Calls ',
    filter,
    aggregation: { type: 'sum', property: 'n' },
    nonsense: 1,
  });
  expect(reply.status).toBe(201);
  const { id, created_at, ...rest } = reply.body;
  expect(id).toMatch(UUID4);
  expect(created_at).toMatch(TIME);
  expect(rest).toEqual({
    ...{ modified_at: null, name: 'Calls', filter, archived_at: null, workspace_id: ws.id },
    aggregation: { type: 'sum', property: 'n' },
  });
  const second = await meter(ws, { type: 'count' });
  expect(second).toMatchObject({ filter: [], aggregation: { type: 'count', property: null } });
  const all = (await ws.api('GET', '/api/meters/')).body;
  expect(all).toEqual({
    data: [second, reply.body],
    meta: { total: 2, page: 1, per_page: 10, pages: 1 },
  });
  expect((await ws.api('GET', '/api/meters/?page=9&limit=1')).body.meta.total).toBe(2);
});

it('refuses a meter without a name, or without the property its aggregation needs', async () => {
  const ws = await program.workspace();
  const post = async (body: object) => problems(await ws.api('POST', '/api/meters/', body));
  for (const type of ['sum', 'max', 'last', 'unique']) {
    expect(await post({ name: 'm', aggregation: { type } })).toEqual([
      'value_error at body.aggregation.property',
    ]);
  }
  expect(await post({})).toEqual(['missing at body.name', 'missing at body.aggregation']);
  expect(await post({ name: '  ', aggregation: { type: 'count' } })).toEqual([
    'string_too_short at body.name',
  ]);
  expect(await post({ name: 'm', aggregation: { type: 'avg' } })).toEqual([
    'enum at body.aggregation.type',
  ]);
  const clause = { property: 'a', operator: 'between', value: null };
  expect(
    (await post({ name: 'm', aggregation: { type: 'count' }, filter: [clause, 1] })).toSorted(),
  ).toEqual([
    ...['enum at body.filter.0.operator', 'model_attributes_type at body.filter.1'],
    'string_type at body.filter.0.value',
  ]);
});

it('computes every aggregation from the events, those before the meter too', async () => {
  const ws = await program.workspace();
  const { id: customer_id } = await customer(ws);
  const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`;
  const events = [
    { timestamp: at(3), metadata: { n: 5, who: 'a' } },
    { timestamp: at(9), metadata: { n: 2.5, who: 'b' } },
    { timestamp: at(1), metadata: { n: 7, who: 'a' } },
    { timestamp: at(10), metadata: { n: 'many', who: 1 } },
    { timestamp: at(11), metadata: { other: 1 } },
  ].map((e) => ({ name: 'call', customer_id, ...e }));
  expect((await ingest(ws, events)).body).toEqual({ inserted: 5, duplicates: 0 });
  const wanted = { count: 5, sum: 14.5, max: 7, last: 2.5, unique: 3 };
  const made: Record<string, string> = {};
  for (const type of Object.keys(wanted)) {
    made[type] = (await meter(ws, { type, property: type === 'unique' ? 'who' : 'n' })).id;
  }
  const found = await standings(ws, customer_id);
  for (const [type, units] of Object.entries(wanted)) {
    const standing = found.get(made[type] as string);
    expect([type, standing?.consumed_units, standing?.credited_units, standing?.balance]).toEqual([
      type,
      units,
      0,
      -units,
    ]);
    expect(Object.keys(standing ?? {})).toEqual([
      'id',
      'created_at',
      'modified_at',
      'meter_id',
      'consumed_units',
      'credited_units',
      'balance',
    ]);
    expect(standing?.id).toMatch(UUID4);
  }
  expect(await standings(ws, customer_id)).toEqual(found);
  expect(await standings(ws, (await customer(ws)).id)).toEqual(new Map());
});

it('narrows events by every operator of a filter, and by their name', async () => {
  const ws = await program.workspace();
  const { id: customer_id } = await customer(ws);
  const event = (name: string, metadata: object) => ({ name, customer_id, metadata });
  await ingest(ws, [
    event('call', { n: 1, s: 'Alpha', b: true }),
    event('call', { n: 2, s: 'beta', b: false }),
    event('call', { n: 3, s: 'gamma' }),
    event('mail', { n: '2' }),
    event('mail', {}),
  ]);
  const cases: [object[], number][] = [
    [[{ property: 'n', operator: 'eq', value: 2 }], 1],
    [[{ property: 'n', operator: 'eq', value: '2' }], 1],
    [[{ property: 'n', operator: 'ne', value: 2 }], 4],
    [[{ property: 'n', operator: 'gt', value: 1 }], 2],
    [[{ property: 'n', operator: 'gte', value: 2 }], 2],
    [[{ property: 'n', operator: 'lt', value: 2 }], 1],
    [[{ property: 'n', operator: 'lte', value: 2 }], 2],
    [[{ property: 's', operator: 'like', value: 'ALPH' }], 1],
    [[{ property: 's', operator: 'like', value: '%' }], 0],
    [[{ property: 's', operator: 'not_like', value: 'a' }], 2],
    [[{ property: 'b', operator: 'eq', value: true }], 1],
    [[{ property: 'name', operator: 'eq', value: 'mail' }], 2],
    [
      [
        { property: 'name', operator: 'eq', value: 'call' },
        { property: 'n', operator: 'gt', value: 1 },
        { property: 's', operator: 'like', value: 'b' },
      ],
      1,
    ],
    [[{ property: 'none', operator: 'eq', value: 1 }], 0],
    [[], 5],
  ];
  for (const [filter, count] of cases) {
    const { id } = await meter(ws, { type: 'count' }, filter);
    const standing = (await standings(ws, customer_id)).get(id);
    expect([filter, standing?.consumed_units ?? 0]).toEqual([filter, count]);
  }
});

it('grants units, and the balance is what is granted less what is used', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { external_id: 'cr' });
  const { id: meter_id } = await meter(ws, { type: 'sum', property: 'n' });
  const path = `/api/customers/${made.id}/meters/${meter_id}/credits`;
  const first = await ws.api('POST', path, { units: 100 });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    meter_id,
    consumed_units: 0,
    credited_units: 100,
    balance: 100,
  });
  await ingest(ws, [{ name: 'x', external_customer_id: 'cr', metadata: { n: 30.5 } }]);
  const second = await ws.api('POST', path, { units: 1 });
  expect(second.body).toMatchObject({ consumed_units: 30.5, credited_units: 101, balance: 70.5 });
  expect(second.body.id).toBe(first.body.id);
  expect((await ws.api('GET', '/api/customers/external/cr/state')).body.active_meters).toEqual([
    second.body,
  ]);
  for (const [id, m] of [
    [NOBODY, meter_id],
    [made.id, NOBODY],
  ]) {
    expect(
      (await ws.api('POST', `/api/customers/${id}/meters/${m}/credits`, { units: 1 })).status,
    ).toBe(404);
  }
  const bad = async (units: unknown) => problems(await ws.api('POST', path, { units }));
  expect(await bad(0)).toEqual(['greater_than_equal at body.units']);
  expect(await bad(1.5)).toEqual(['int_from_float at body.units']);
  expect(await bad('1')).toEqual(['int_type at body.units']);
});

it('takes an event once by its external id, within a batch and across batches', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const { id: customer_id } = await customer(ws);
  const event = (external_id: string | null, n = 1) => ({
    name: 'x',
    customer_id,
    external_id,
    metadata: { n },
  });
  expect(
    (
      await ingest(ws, [
        event('a'),
        event('b'),
        event('a', 50),
        event(null),
        event(null),
        event('  '),
      ])
    ).body,
  ).toEqual({ inserted: 5, duplicates: 1 });
  expect((await ingest(ws, [event('b', 9), event('c')])).body).toEqual({
    inserted: 1,
    duplicates: 1,
  });
  const { id } = await meter(ws, { type: 'sum', property: 'n' });
  expect((await standings(ws, customer_id)).get(id)?.consumed_units).toBe(6);
  const theirs = await customer(other);
  expect(
    (await ingest(other, [{ name: 'x', customer_id: theirs.id, external_id: 'a' }])).body,
  ).toEqual({ inserted: 1, duplicates: 0 });
});

it('takes a batch whole or not at all, and names every event it cannot place', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const made = await customer(ws, { external_id: 'mine' });
  const foreign = await customer(other, { external_id: 'theirs' });
  const good = { name: 'x', external_customer_id: 'mine' };
  const reply = await ingest(ws, [
    good,
    { name: 'x', customer_id: foreign.id },
    { name: 'x', external_customer_id: 'theirs' },
    { name: 'x', customer_id: NOBODY },
  ]);
  expect(problems(reply)).toEqual([
    'value_error at body.events.1.customer_id',
    'value_error at body.events.2.external_customer_id',
    'value_error at body.events.3.customer_id',
  ]);
  const unnamed = await ingest(ws, [
    good,
    { name: 'x' },
    { name: 'x', customer_id: made.id, external_customer_id: 'mine' },
  ]);
  expect(problems(unnamed)).toEqual([
    'value_error at body.events.1',
    'value_error at body.events.2',
  ]);
  const broken = await ingest(ws, [
    { ...good, timestamp: 'yesterday' },
    { ...good, metadata: { a: [] } },
    { external_customer_id: 'mine' },
  ]);
  expect(problems(broken)).toContain('datetime_parsing at body.events.0.timestamp');
  expect(problems(broken)).toContain('missing at body.events.2.name');
  expect(problems(await ingest(ws, []))).toEqual(['too_short at body.events']);
  expect(
    problems(
      await ingest(
        ws,
        Array.from({ length: 1001 }, () => good),
      ),
    ),
  ).toEqual(['too_long at body.events']);
  expect(await standings(ws, made.id)).toEqual(new Map());
  expect(
    (
      await ingest(
        ws,
        Array.from({ length: 1000 }, () => good),
      )
    ).body.inserted,
  ).toBe(1000);
});

it('computes a state whatever numbers the events hold', async () => {
  const ws = await program.workspace();
  const { id: customer_id } = await customer(ws);
  const { id } = await meter(ws, { type: 'sum', property: 'n' });
  const huge = { name: 'x', customer_id, metadata: { n: 1.7e308 } };
  await ingest(ws, [huge, huge, { name: 'x', customer_id, metadata: { n: 5e-324 } }]);
  const standing = (await standings(ws, customer_id)).get(id);
  expect(standing?.consumed_units).toBe(Number.MAX_VALUE);
  const path = `/api/customers/${customer_id}/meters/${id}/credits`;
  for (let i = 0; i < 3; i += 1) {
    expect((await ws.api('POST', path, { units: Number.MAX_SAFE_INTEGER })).status).toBe(201);
  }
  expect((await standings(ws, customer_id)).get(id)?.credited_units).toBe(Number.MAX_SAFE_INTEGER);
});
