import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendBatch } from '../../src/db/drivers/batch.ts';
import { compose, type Statement, statement } from '../../src/db/drivers/statement.ts';
import { entryStatement } from '../../src/db/entry.ts';
import type { Caller } from '../../src/kernel/caller.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
const A = { id: randomUUID(), hash: randomBytes(32) };
const B = { id: randomUUID(), hash: randomBytes(32) };
const bad = { id: randomUUID(), hash: randomBytes(32) };

beforeAll(async () => {
  database = await openTestDatabase();
  for (const { id, hash } of [A, B]) {
    await database.owner(
      'insert into workspaces (id, slug, name) values ($1::uuid, $1::text, $1::text)',
      [id],
    );
    await database.owner(
      `insert into credentials (workspace_id, id, kind, name, hash, scopes)
       values ($1, gen_random_uuid(), 'access_token', 'n', $2, '{}')`,
      [id, hash],
    );
    await database.owner(
      "insert into customers (workspace_id, id, email) values ($1, gen_random_uuid(), 'same@example.com')",
      [id],
    );
  }
});
afterAll(() => database.close());

const enter = ({ hash }: { hash: Buffer }) =>
  entryStatement({ entry: { as: 'credential', hash } } as Caller);
const read = statement(
  'test.read',
  'select workspace_id, current_user::text as role from customers',
);
const add = statement(
  'test.add',
  'insert into customers (workspace_id, id, email) values ($1, gen_random_uuid(), $2)',
);
const divide = statement('test.divide', 'select 1 / $1::int as n');
const where = statement(
  'test.where',
  `select current_setting('clientele.workspace_id', true) as workspace, current_user::text as role`,
);

type Send = (...statements: Statement[]) => ReturnType<typeof sendBatch>;

/** One connection: pipelined where the engine can, as the shared ones are; else one after another. */
async function onOneConnection(body: (send: Send, client: pg.ClientBase) => Promise<void>) {
  if (database.urls === undefined) {
    const held = await database.driver.hold('transaction');
    let last: Promise<unknown> = Promise.resolve();
    const send: Send = (...statements) => {
      const next = last.then(() => sendBatch(held.client, statements));
      last = next.catch(() => {});
      return next;
    };
    await body(send, held.client).finally(() => held.release());
    return;
  }
  const client = new pg.Client({
    connectionString: database.urls.service,
    options: '-c role=clientele_app -c search_path=clientele,public',
    pipeline: true,
  } as pg.ClientConfig);
  await client.connect();
  await body((...statements) => sendBatch(client, statements), client).finally(() => client.end());
}

/** What a connection is left with: no workspace, the plain role, no rows. */
async function expectClean(send: Send) {
  const [left, rows] = await send(where(), read());
  expect(left?.rows).toMatchObject([{ role: 'clientele_app' }]);
  expect(left?.rows[0]?.workspace || null).toBe(null);
  expect(rows?.rows).toEqual([]);
}

it('keeps mixed workspaces apart on one connection, with entries that fail among them', async () => {
  await onOneConnection(async (send) => {
    const order = [A, B, A, bad, B, A];
    for (let round = 0; round < 10; round += 1) {
      const outcomes = await Promise.allSettled(order.map((who) => send(enter(who), read())));
      for (const [i, outcome] of outcomes.entries()) {
        if (order[i] === bad) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CL401' } });
        } else {
          const [, found] = (outcome as PromiseFulfilledResult<{ rows: unknown[] }[]>).value;
          expect(found?.rows).toEqual([{ workspace_id: order[i]?.id, role: 'clientele_app' }]);
        }
      }
      await expectClean(send);
    }
  });
});

it('takes back what a batch did before its failing statement, and goes on with the next', async () => {
  const email = `${randomUUID()}@example.com`;
  await onOneConnection(async (send) => {
    const outcomes = await Promise.allSettled([
      send(enter(A), add(A.id, email), divide(0), read()),
      send(enter(A), add(A.id, 'SAME@example.com')),
      send(enter(A), add(B.id, email)),
      send(enter(A), compose('select nonsense', [])),
      send(enter(A), compose('select nonsense', [])),
      send(enter(B), divide(2), divide(1), divide(5)),
    ]);
    const codes = outcomes.map((o) => (o.status === 'rejected' ? o.reason.code : 'ok'));
    expect(codes).toEqual(['22012', '23505', '42501', '42703', '42703', 'ok']);
    const [, ...results] = (
      outcomes[5] as PromiseFulfilledResult<{ rows: unknown[]; rowCount: number }[]>
    ).value;
    expect(results).toEqual([0, 1, 0].map((n) => ({ rows: [{ n }], rowCount: 1 })));
    await expectClean(send);
  });
  expect(await database.owner('select 1 from customers where email = $1', [email])).toEqual([]);
});

it('prepares a statement again after the server has forgotten it', async () => {
  await onOneConnection(async (send, client) => {
    await send(enter(A), read(), where());
    await client.query('deallocate all');
    await expect(send(enter(A), read(), where())).rejects.toMatchObject({ code: '26000' });
    const found = await send(enter(A), read(), where());
    expect(found[1]?.rows).toHaveLength(1);
    await expectClean(send);
  });
});

it('keeps workspaces apart on shared connections under mixed load with errors', async () => {
  const requests = Number(process.env.CLIENTELE_SOAK ?? 0) > 0 ? 100_000 : 1_000;
  const kinds = ['read', 'read', 'bad', 'fail', 'read', 'unique'] as const;
  let foreign = 0;
  let wrong = 0;
  const one = async (i: number) => {
    const who = i % 2 === 0 ? A : B;
    const kind = kinds[i % kinds.length];
    const after = kind === 'fail' ? divide(0) : add(who.id, 'same@example.com');
    const batch =
      kind === 'read'
        ? [enter(who), read()]
        : kind === 'bad'
          ? [enter(bad), read()]
          : [enter(who), read(), after];
    const outcome = await database.driver
      .batch(batch, i % 7 === 0 ? 'slow' : 'fast')
      .catch((e) => e.code as string);
    const expected = { read: undefined, bad: 'CL401', fail: '22012', unique: '23505' }[
      kind as 'read'
    ];
    if (typeof outcome === 'string') wrong += outcome === expected ? 0 : 1;
    else if (expected !== undefined) wrong += 1;
    else foreign += (outcome[1]?.rows ?? []).filter((r) => r.workspace_id !== who.id).length;
  };
  for (let done = 0; done < requests; done += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => one(done + i)));
  }
  expect({ foreign, wrong }).toEqual({ foreign: 0, wrong: 0 });
  for (let i = 0; i < 8; i += 1)
    await expectClean((...statements) => database.driver.batch(statements, 'fast'));
});

it('reads values of every kind it writes', async () => {
  const echo = statement(
    'test.echo',
    `select $1::int8 as int8, $2::numeric as numeric, $3::bool as bool, $4::bytea as bytea,
       $5::text[] as texts, $6::jsonb as json, $7::timestamptz(3) as at, $8::text as text, $9::text as none`,
  );
  const texts = ['a', 'b,c', '"d"', 'e\\', '{f}', '', 'NULL', null];
  const bytes = Buffer.from([0, 1, 255, 92]);
  const values = [
    2 ** 53 - 1,
    1.5,
    true,
    bytes,
    texts,
    { a: [1, 'ä"\\'] },
    '2026-01-02T03:04:05.1+01:00',
    '',
    undefined,
  ];
  const wanted = {
    ...{
      int8: 2 ** 53 - 1,
      numeric: 1.5,
      bool: true,
      bytea: bytes,
      texts,
      json: { a: [1, 'ä"\\'] },
    },
    ...{ at: '2026-01-02T02:04:05.100Z', text: '', none: null },
  };
  for (let i = 0; i < 2; i += 1) {
    const [result] = await database.driver.batch([echo(...values)], 'fast');
    expect(result).toEqual({ rows: [wanted], rowCount: 1 });
  }
});
