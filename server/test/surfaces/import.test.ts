import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { csv, ndjson, send, statuses } from './import-kit.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const one = async (ws: TestWorkspace, id: string | undefined) =>
  (await ws.api('GET', `/api/customers/${id}`)).body;
const traces = async (ws: TestWorkspace) => {
  const [audit] = await program.database.owner<{ n: number }>(
    'select count(*)::int as n from audit_log where workspace_id = $1 and operation = $2',
    [ws.id, 'customers_import'],
  );
  const [events] = await program.database.owner<{ n: number }>(
    `select (select count(*) from outbox where workspace_id = $1 and type like 'customer.%')::int
          + (select count(*) from events where workspace_id = $1 and type like 'customer.%')::int
          as n`,
    [ws.id],
  );
  return { audit: audit?.n, events: events?.n };
};

describe('a first import', () => {
  const columns = [
    'external_id',
    'email',
    'name',
    'type',
    'billing_address.line1',
    'billing_address.city',
    'billing_address.state',
    'billing_address.country',
    'owner.email',
    'owner.name',
    'metadata.plan',
    'colour of socks',
  ];
  const row = [
    'crm-1',
    'Ann@Example.COM',
    ' Ann ',
    'team',
    '1 Main St',
    'Albany',
    'NY',
    'us',
    'boss@example.com',
    'The Boss',
    'gold',
    'red',
  ];

  it('creates a whole customer with its owner from one CSV row', async () => {
    const ws = await program.workspace();
    const answer = await send(ws, 'csv', csv(columns, row));
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    expect(answer.summary).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 0 });
    expect(answer.verdicts).toEqual([{ line: 2, status: 'created', id: expect.any(String) }]);
    expect(await one(ws, answer.verdicts[0]?.id)).toMatchObject({
      external_id: 'crm-1',
      email: 'Ann@example.com',
      name: 'Ann',
      type: 'team',
      billing_address: { line1: '1 Main St', city: 'Albany', state: 'US-NY', country: 'US' },
      metadata: { plan: 'gold' },
      members: [{ role: 'owner', email: 'boss@example.com', name: 'The Boss' }],
    });
    expect(await traces(ws)).toEqual({ audit: 1, events: 1 });
  });

  it('takes the same customer as NDJSON and as a JSON array', async () => {
    const ws = await program.workspace();
    const given = (n: number) => ({
      email: `n${n}@example.com`,
      name: `N ${n}`,
      metadata: { seats: 5, vip: true },
      billing_address: { country: 'DE', city: 'Köln' },
    });
    const lines = await send(ws, 'ndjson', ndjson(given(1), given(2)));
    expect(lines.verdicts.map((v) => v.line)).toEqual([1, 2]);
    const array = await send(ws, 'json', JSON.stringify([given(3), given(2)]));
    expect(statuses(array)).toEqual(['created', 'unchanged']);
    expect(array.verdicts.map((v) => v.line)).toEqual([1, 2]);
    expect(await one(ws, array.verdicts[0]?.id)).toMatchObject(given(3));
  });

  it('says nothing new, and writes nothing, when the file is sent again', async () => {
    const ws = await program.workspace();
    await send(ws, 'csv', csv(columns, row));
    const before = await traces(ws);
    const again = await send(ws, 'csv', csv(columns, row));
    expect(again.summary).toEqual({ created: 0, updated: 0, unchanged: 1, failed: 0 });
    expect(await traces(ws)).toEqual(before);
  });

  it('needs the scope, and one of its media types', async () => {
    const reader = await program.workspace(['customers:read']);
    expect(
      (await reader.api('POST', '/api/customers/import', 'a', { 'content-type': 'text/csv' }))
        .status,
    ).toBe(403);
    const ws = await program.workspace();
    const other = await ws.api('POST', '/api/customers/import', 'a', {
      'content-type': 'text/plain',
    });
    expect(other.status).toBe(415);
  });

  it('answers an empty file with an empty summary', async () => {
    const ws = await program.workspace();
    const nothing = { created: 0, updated: 0, unchanged: 0, failed: 0 };
    expect((await send(ws, 'csv', '')).summary).toEqual(nothing);
    expect((await send(ws, 'csv', 'email\r\n')).summary).toEqual(nothing);
    expect((await send(ws, 'ndjson', '\n\n')).summary).toEqual(nothing);
    expect((await send(ws, 'json', ' [ ] ')).summary).toEqual(nothing);
  });
});

describe('matching', () => {
  it('goes by external id first and by e-mail else', async () => {
    const ws = await program.workspace();
    const first = await send(
      ws,
      'ndjson',
      ndjson({ email: 'a@x.test', external_id: 'A' }, { email: 'b@x.test' }),
    );
    const [a, b] = first.verdicts;
    const second = await send(
      ws,
      'csv',
      csv(
        ['external_id', 'email', 'name'],
        ['A', 'new-a@x.test', 'Named A'],
        ['B', 'B@X.test', 'Named B'],
      ),
    );
    expect(second.verdicts).toEqual([
      { line: 2, status: 'updated', id: a?.id },
      { line: 3, status: 'updated', id: b?.id },
    ]);
    expect(await one(ws, a?.id)).toMatchObject({ email: 'new-a@x.test', external_id: 'A' });
    expect(await one(ws, b?.id)).toMatchObject({
      email: 'b@x.test',
      external_id: 'B',
      name: 'Named B',
    });
  });

  it('fails on external_id where the e-mail belongs to another external id', async () => {
    const ws = await program.workspace();
    await send(ws, 'ndjson', ndjson({ email: 'a@x.test', external_id: 'A' }));
    const { verdicts } = await send(
      ws,
      'csv',
      csv(['email', 'external_id'], ['a@x.test', 'other']),
    );
    expect(verdicts[0]).toMatchObject({
      status: 'failed',
      errors: [{ column: 'external_id', type: 'value_error' }],
    });
    expect(verdicts[0]).not.toHaveProperty('id');
  });

  it("fails on email where the address is another customer's", async () => {
    const ws = await program.workspace();
    await send(
      ws,
      'ndjson',
      ndjson({ email: 'a@x.test', external_id: 'A' }, { email: 'b@x.test' }),
    );
    const { verdicts } = await send(ws, 'csv', csv(['external_id', 'email'], ['A', 'b@x.test']));
    expect(verdicts[0]).toMatchObject({ status: 'failed', errors: [{ column: 'email' }] });
  });

  it('does not find a deleted customer', async () => {
    const ws = await program.workspace();
    const first = await send(ws, 'ndjson', ndjson({ email: 'a@x.test' }));
    await ws.api('DELETE', `/api/customers/${first.verdicts[0]?.id}`);
    const again = await send(ws, 'ndjson', ndjson({ email: 'a@x.test' }));
    expect(again.verdicts[0]?.status).toBe('created');
    expect(again.verdicts[0]?.id).not.toBe(first.verdicts[0]?.id);
  });

  it('keeps to its workspace', async () => {
    const [ws, other] = [await program.workspace(), await program.workspace()];
    await send(ws, 'ndjson', ndjson({ email: 'a@x.test', external_id: 'A', name: 'Mine' }));
    const foreign = await send(
      other,
      'ndjson',
      ndjson({ email: 'a@x.test', external_id: 'A', name: 'Theirs' }),
    );
    expect(foreign.summary.created).toBe(1);
    const own = await ws.api('GET', '/api/customers/external/A');
    expect(own.body.name).toBe('Mine');
  });
});

describe('two rows of one file that name one customer', () => {
  it('act one after the other', async () => {
    const ws = await program.workspace();
    const { verdicts } = await send(
      ws,
      'ndjson',
      ndjson(
        { email: 'a@x.test', name: 'One' },
        { email: 'A@X.test', name: 'Two', external_id: 'A' },
        { external_id: 'A', email: 'moved@x.test' },
        { external_id: 'A', email: 'moved@x.test', name: 'Two' },
        { email: 'a@x.test', name: 'Somebody else' },
        { email: 'moved@x.test', external_id: 'not A' },
      ),
    );
    expect(verdicts.map((v) => v.status)).toEqual([
      'created',
      'updated',
      'updated',
      'unchanged',
      'created',
      'failed',
    ]);
    expect(new Set(verdicts.slice(0, 4).map((v) => v.id)).size).toBe(1);
    expect(await one(ws, verdicts[0]?.id)).toMatchObject({
      name: 'Two',
      external_id: 'A',
      email: 'moved@x.test',
    });
    expect((await one(ws, verdicts[4]?.id)).name).toBe('Somebody else');
    expect(await traces(ws)).toEqual({ audit: 4, events: 4 });
  });

  it('may hand an address on, whichever of them comes first', async () => {
    const ws = await program.workspace();
    await send(
      ws,
      'ndjson',
      ndjson({ email: 'a@x.test', external_id: 'A' }, { email: 'b@x.test', external_id: 'B' }),
    );
    const swap = await send(
      ws,
      'ndjson',
      ndjson(
        { external_id: 'B', email: 'c@x.test' },
        { external_id: 'A', email: 'b@x.test' },
        { external_id: 'C', email: 'a@x.test' },
      ),
    );
    expect(statuses(swap)).toEqual(['updated', 'updated', 'created']);
    expect((await ws.api('GET', '/api/customers/external/A')).body.email).toBe('b@x.test');
  });
});

describe('values', () => {
  it('of an empty cell are not given, and of a JSON null are cleared', async () => {
    const ws = await program.workspace();
    const full = {
      email: 'a@x.test',
      name: 'Ann',
      billing_address: { line1: 'L1', line2: 'L2', country: 'DE' },
      metadata: { plan: 'gold', seats: 5 },
    };
    const { verdicts } = await send(ws, 'ndjson', ndjson(full));
    const columns = [
      'email',
      'name',
      'billing_address.line1',
      'billing_address.line2',
      'billing_address.country',
      'metadata.plan',
    ];
    const empty = await send(ws, 'csv', csv(columns, ['a@x.test', '', 'L9', '', 'DE', '']));
    expect(statuses(empty)).toEqual(['updated']);
    expect(await one(ws, verdicts[0]?.id)).toMatchObject({
      name: 'Ann',
      billing_address: { line1: 'L9', line2: 'L2', country: 'DE' },
      metadata: { plan: 'gold', seats: 5 },
    });
    await send(
      ws,
      'ndjson',
      ndjson({ email: 'a@x.test', name: null, billing_address: null, 'metadata.plan': null }),
    );
    expect(await one(ws, verdicts[0]?.id)).toMatchObject({
      name: null,
      billing_address: null,
      metadata: { seats: 5 },
    });
  });

  it('of metadata are text in CSV, and equal to what is stored if they read the same', async () => {
    const ws = await program.workspace();
    const { verdicts } = await send(
      ws,
      'ndjson',
      ndjson({ email: 'a@x.test', metadata: { vip: true, seats: 5, big: 1e21 } }),
    );
    const columns = [
      'email',
      'metadata.vip',
      'metadata.seats',
      'metadata.big',
      'metadata.constructor',
    ];
    const same = await send(ws, 'csv', csv(columns, ['a@x.test', 'true', '5', '1e+21', '']));
    expect(statuses(same)).toEqual(['unchanged']);
    await send(ws, 'csv', csv(columns, ['a@x.test', 'false', '5', '', 'x']));
    expect((await one(ws, verdicts[0]?.id)).metadata).toEqual({
      vip: 'false',
      seats: 5,
      big: 1e21,
      constructor: 'x',
    });
  });

  it('of another country make another address', async () => {
    const ws = await program.workspace();
    const columns = ['email', 'billing_address.state', 'billing_address.country'];
    const { verdicts } = await send(ws, 'csv', csv(columns, ['a@x.test', 'NY', 'US']));
    await send(ws, 'csv', csv(columns, ['a@x.test', '', 'FR']));
    expect((await one(ws, verdicts[0]?.id)).billing_address).toMatchObject({
      country: 'FR',
      state: null,
    });
  });

  it('of a type only go up', async () => {
    const ws = await program.workspace();
    await send(ws, 'csv', csv(['email', 'type'], ['a@x.test', '']));
    const up = await send(ws, 'csv', csv(['email', 'type'], ['a@x.test', 'team']));
    expect(statuses(up)).toEqual(['updated']);
    const down = await send(ws, 'csv', csv(['email', 'type'], ['a@x.test', 'individual']));
    expect(down.verdicts[0]?.errors).toEqual([expect.objectContaining({ column: 'type' })]);
    expect(statuses(await send(ws, 'csv', csv(['email', 'type'], ['a@x.test', ''])))).toEqual([
      'unchanged',
    ]);
  });

  it('are judged as a creation judges them, column by column', async () => {
    const ws = await program.workspace();
    const columns = [
      'email',
      'name',
      'type',
      'billing_address.state',
      'billing_address.country',
      'owner.email',
      `metadata.${'k'.repeat(41)}`,
      'metadata.long',
      'workspace_id',
    ];
    const { verdicts } = await send(
      ws,
      'csv',
      csv(
        columns,
        ['no address', 'n'.repeat(257), 'firm', 'NY', 'XX', 'nor this', 'v', 'v'.repeat(501), ''],
        ['', '', '', '', '', '', '', '', ''],
        ['a@x.test', '', '', 'ZZ', 'US', '', '', '', ''],
        ['a@x.test', '', '', '', '', '', '', '', '0b5e5a4e-4f5a-4c57-8d0e-111111111111'],
        ['a@x.test', '', '', 'NY', '', '', '', '', ''],
      ),
    );
    const columnsOf = (i: number) => verdicts[i]?.errors?.map((e) => e.column).sort();
    expect(columnsOf(0)).toEqual(
      [
        'email',
        'name',
        'type',
        'billing_address.country',
        'owner.email',
        `metadata.${'k'.repeat(41)}`,
        'metadata.long',
      ].sort(),
    );
    expect(verdicts[1]?.errors).toEqual([
      expect.objectContaining({ column: 'email', type: 'missing' }),
    ]);
    expect(columnsOf(2)).toEqual(['billing_address.state']);
    expect(columnsOf(3)).toEqual(['workspace_id']);
    expect(columnsOf(4)).toEqual(['billing_address.country']);
    expect((await ws.api('GET', '/api/customers/')).body.meta.total).toBe(0);
  });
});
