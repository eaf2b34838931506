import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose, type Program } from '../../src/app.ts';
import { createLog } from '../../src/config/log.ts';
import type { Driver } from '../../src/db/drivers/driver.ts';
import type { Statement } from '../../src/db/drivers/statement.ts';
import { SERVING_ROLES, TABLES } from '../../src/db/migrate.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import type { Caller } from '../../src/kernel/caller.ts';
import { loadSurfaceRoutes } from '../../src/surfaces/mounts.ts';
import { call } from '../kit/call.ts';
import { ROOT_TOKEN, startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { billingWorkspace, newCustomer } from '../surfaces/billing/billing-kit.ts';
import { merge } from '../surfaces/billing/merge-kit.ts';
import { furnish } from './furnish.ts';

let program: TestProgram;
let ws: TestWorkspace;
let customerId: string;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
  const { api } = ws;
  const made = await api(
    'POST',
    '/api/customers/',
    { email: 'ann@example.com', external_id: 'e1' },
    { 'idempotency-key': 'law' },
  );
  customerId = made.body.id;
  const meter = await api('POST', '/api/meters/', { name: 'm', aggregation: { type: 'count' } });
  await api('POST', `/api/customers/${customerId}/meters/${meter.body.id}/credits`, { units: 1 });
  await api('POST', '/api/events/ingest', { events: [{ name: 'n', customer_id: customerId }] });
  await api('GET', '/api/events');
  const bank = await billingWorkspace(program);
  const [one, other] = [await newCustomer(bank), await newCustomer(bank)];
  const invoice = { kind: 'invoice', external_id: 'law' };
  await bank.bill('POST', `/customers/${one.id}/records`, invoice);
  await merge(bank, one.id, other.id);
  await program.root('GET', '/admin/v1/audit/verify');
  await furnish(program, ws);
  await program.database.owner(
    `insert into provider_events (provider, event_id, type) values ('stripe', 'evt_law', 'law')`,
  );
  // A second one stays on the queue.
  await call(program.url, 'POST', '/api/customer-portal/customer-session/request', {
    body: { email: 'ann@example.com', workspace_id: ws.id },
  });
});
afterAll(() => program.close());

const plain = (text: string): Statement => ({ name: undefined, text, values: [] });

function caller(entry: Caller['entry'], workspaceId: string): Caller {
  return {
    entry,
    workspaceId,
    actor: { kind: 'credential', id: 'law', name: 'law' },
    surface: 'workspace',
    operation: 'law',
    requestId: 'law',
  };
}

/** Tables that the relay empties. */
const queues: string[] = ['outbox', 'audit_unsealed'];
const everyTable = TABLES.filter((name) => name !== 'installation');

describe('a transaction', () => {
  it.each(['run', 'defer'] as const)('is refused for a credential nobody has (%s)', async (how) => {
    const seen: unknown[] = [];
    const hash = program.app.keys.tokenHash('clientele_oat_nobody');
    const attempt = program.app.work(caller({ as: 'credential', hash }, ws.id), async (w) => {
      const s = plain('select * from customers');
      if (how === 'run') seen.push(...(await w.run(s)).rows);
      else return w.defer(s).map(({ rows }) => seen.push(...rows));
      return undefined;
    });
    await expect(attempt).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(seen).toEqual([]);
    expect((await ws.api('GET', `/api/customers/${customerId}`)).status).toBe(200);
  });

  it('sees nothing in a workspace that is not there', async () => {
    const nowhere = caller({ as: 'workspace' }, '99999999-9999-4999-8999-999999999999');
    const { rows } = await program.app.work(nowhere, (w) =>
      w.defer(plain('select * from members')),
    );
    expect(rows).toEqual([]);
  });

  it('cannot be opened inside another of the same caller', async () => {
    const me = caller({ as: 'workspace' }, ws.id);
    const nested = program.app.work(me, async () =>
      program.app.work(me, (w) => w.defer(plain('select 1'))),
    );
    await expect(nested).rejects.toThrow('already open');
  });
});

/** What a batch without an entry gets of a table: how many rows, or why none. */
async function without(entry: Statement[], table: string): Promise<string> {
  const { driver } = program.database;
  return driver
    .batch([...entry, plain(`select * from clientele.${table}`)], 'fast')
    .then((results) => `${results.at(-1)?.rows.length} rows`)
    .catch((error) => error.code);
}

describe('a statement that nobody entered for', () => {
  it('finds something in every table when it is entered for', async () => {
    for (const table of everyTable.filter((name) => !queues.includes(name))) {
      const [row] = await program.database.owner<{ n: number }>(
        `select count(*)::int as n from ${table}`,
      );
      expect([table, (row?.n ?? 0) > 0]).toEqual([table, true]);
    }
  });

  it('sees no row of any table', async () => {
    for (const table of everyTable) {
      expect(['42501', '0 rows']).toContain(await without([], table));
    }
  });

  it('sees no row with an empty workspace, and fails with one that is none', async () => {
    const set = (value: string) =>
      plain(`select set_config('clientele.workspace_id', '${value}', true)`);
    expect(await without([set('')], 'customers')).toBe('0 rows');
    expect(await without([set('%')], 'customers')).toBe('22P02');
  });

  it('writes no row', async () => {
    const { driver } = program.database;
    for (const text of [
      `insert into customers (workspace_id, id) values ('${ws.id}', gen_random_uuid())`,
      `insert into outbox (workspace_id, id, type, data) values ('${ws.id}', gen_random_uuid(), 't', '{}')`,
    ]) {
      await expect(driver.batch([plain(text)], 'fast')).rejects.toMatchObject({ code: '42501' });
    }
    const [touched] = await driver.batch([plain(`update customers set name = 'x'`)], 'fast');
    expect(touched?.rowCount).toBe(0);
  });

  it('finds no workspace and no other role left over by whoever was there before', async () => {
    const { driver } = program.database;
    const state = plain(
      `select current_user::text as who, coalesce(current_setting('clientele.workspace_id', true), '') as ws`,
    );
    for (let i = 0; i < 16; i += 1) {
      await ws.api('GET', `/api/customers/${customerId}`);
      await ws.api('PATCH', `/api/customers/${customerId}`, { name: `Name ${i}` });
      await program.root('GET', '/admin/v1/workspaces');
      await program.root('GET', '/admin/v1/audit');
      for (const lane of ['fast', 'slow'] as const) {
        const [result] = await driver.batch([state], lane);
        expect(result?.rows).toEqual([{ who: 'clientele_app', ws: '' }]);
      }
    }
    const held = await driver.hold('transaction');
    const { rows } = await held.client.query(state.text);
    held.release();
    expect(rows).toEqual([{ who: 'clientele_app', ws: '' }]);
  });

  it.each(SERVING_ROLES)('leaves the role %s with its transaction', async (role) => {
    const { driver } = program.database;
    await driver.batch([plain(`select set_config('role', '${role}', true)`)], 'slow');
    const [after] = await driver.batch([plain('select current_user::text as who')], 'slow');
    expect(after?.rows).toEqual([{ who: 'clientele_app' }]);
  });
});

describe('a request whose entry is taken away', () => {
  /** The same program over a driver that drops the statement which sets the workspace. */
  async function withoutEntry(): Promise<{ url: string; stripped: Program }> {
    const { driver } = program.database;
    const strip = (s: Statement) =>
      s.name?.startsWith('enter.credential') ? plain('select 1') : s;
    const forgetful: Driver = {
      ...driver,
      batch: (statements, lane) => driver.batch(statements.map(strip), lane),
    };
    const stripped = await compose({
      routes: await loadSurfaceRoutes(),
      driver: forgetful,
      secret: 'a-secret-for-tests-only',
      rootToken: ROOT_TOKEN,
      publicUrl: 'http://localhost:3000',
      erasureLog: `${program.dataDir}/erasures.log`,
      rateLimit: 0,
      trustProxy: 0,
      metrics: createMetrics(),
      log: createLog(() => {}),
    });
    return { url: await stripped.server.listen({ host: '127.0.0.1', port: 0 }), stripped };
  }

  it('reads nothing, as if nothing were there', async () => {
    const { url, stripped } = await withoutEntry();
    const get = (path: string) => call(url, 'GET', path, { token: ws.token });
    try {
      for (const path of ['/api/customers/', '/api/members/', '/api/meters/']) {
        const { status, body } = await get(path);
        expect([path, status, body.data, body.meta.total]).toEqual([path, 200, [], 0]);
      }
      expect((await get(`/api/customers/${customerId}`)).status).toBe(404);
      expect((await get('/api/customers/external/e1')).status).toBe(404);
    } finally {
      await stripped.server.close();
    }
  });
});
