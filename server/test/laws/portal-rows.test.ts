import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Statement } from '../../src/db/drivers/statement.ts';
import { roleMatrix } from '../../src/db/matrix.ts';
import { TABLES } from '../../src/db/migrate.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';
import { furnish } from './furnish.ts';

/**
 * The second net under the portal: whatever SQL a portal session could be made to run, it reaches
 * the rows of its own customer alone.
 */
const PORTAL = 'clientele_portal';
const rows = roleMatrix().filter((row) => row.role === PORTAL);
/** Whether a row of the matrix gives a right, be it to some columns only. */
const gives = (row: (typeof rows)[0], verb: string) =>
  row.privileges.some((privilege) => privilege.split(' ')[0] === verb);
const may = (verb: string) => rows.filter((row) => gives(row, verb));

let program: TestProgram;
let workspaceId: string;
/** Two customers of one workspace with one of everything, and one of another workspace. */
let own: { customer: string; member: string };
let others: string[];

beforeAll(async () => {
  program = await startProgram();
  const ws = await program.workspace();
  workspaceId = ws.id;
  own = await furnish(program, ws);
  others = [
    (await furnish(program, ws)).customer,
    (await furnish(program, await program.workspace())).customer,
  ];
}, 60_000);
afterAll(() => program.close());

const plain = (text: string): Statement => ({ name: undefined, text, values: [] });
const column = (table: string) => (table === 'customers' ? 'id' : 'customer_id');

/** Runs a statement as the portal session of a customer, in a transaction of its own. */
async function asPortal(sql: string, who: { customer?: string; member?: string } = {}) {
  const { customer = own.customer, member = '' } = who;
  const [, result] = await program.database.driver.batch(
    [
      plain(`select set_config('clientele.workspace_id', '${workspaceId}', true),
        set_config('clientele.customer_id', '${customer}', true),
        set_config('clientele.member_id', '${member}', true),
        set_config('role', '${PORTAL}', true)`),
      plain(sql),
    ],
    'slow',
  );
  return result as { rows: Record<string, unknown>[]; rowCount: number };
}
const failure = (sql: string, who?: { customer?: string; member?: string }) =>
  asPortal(sql, who).then(
    () => 'allowed',
    (error) => error.code as string,
  );
const count = async (sql: string, who?: { customer?: string; member?: string }) =>
  Number((await asPortal(`select count(*)::int as n from ${sql}`, who)).rows[0]?.n);

describe.each(may('select').filter((row) => row.rows === 'customer'))(
  'of $relation',
  ({ relation, privileges }) => {
    it('it sees what is its own, and nothing of anybody else', async () => {
      expect(await count(relation)).toBeGreaterThan(0);
      expect(await count(`${relation} where ${column(relation)} <> '${own.customer}'`)).toBe(0);
      expect(await count(`${relation} where ${column(relation)} is null`)).toBe(0);
      for (const other of others) {
        expect(await count(`${relation} where ${column(relation)} = '${other}'`)).toBe(0);
      }
    });

    it('it changes and removes what is its own at most', async () => {
      const mine = await count(relation);
      const [all] = await program.database.owner<{ n: number }>(
        `select count(*)::int as n from ${relation}`,
      );
      expect(all?.n).toBeGreaterThan(mine);
      const attempts: [string, string][] = [
        ['update', `update ${relation} set workspace_id = workspace_id`],
        ['delete', `delete from ${relation} where ${column(relation)} <> '${own.customer}'`],
      ];
      for (const [verb, sql] of attempts) {
        if (!privileges.includes(verb)) expect(await failure(sql)).toBe('42501');
        else expect((await asPortal(sql)).rowCount).toBe(verb === 'update' ? mine : 0);
      }
    });

    it('it gives no row of its own to anybody else', async () => {
      if (!privileges.includes('update')) return;
      for (const other of others) {
        const give = `update ${relation} set ${column(relation)} = '${other}'`;
        expect(await failure(give)).toBe('42501');
      }
    });
  },
);

it.each(may('insert').filter((row) => row.rows === 'customer'))(
  'it adds no row to $relation for anybody else',
  async ({ relation }) => {
    for (const other of others) {
      const add = `insert into ${relation} (workspace_id, ${column(relation)})
        values ('${workspaceId}', '${other}')`;
      expect(await failure(add)).toBe('42501');
    }
  },
);

describe.each(may('select').filter((row) => row.rows === 'member'))(
  'of $relation',
  ({ relation }) => {
    it('a session of the customer sees nothing, and one of a member its workspace', async () => {
      expect(await count(relation)).toBe(0);
      expect(await count(relation, own)).toBeGreaterThan(0);
      expect(await count(`${relation} where workspace_id <> '${workspaceId}'`, own)).toBe(0);
    });
  },
);

it('it reaches no table that is not written down for it', async () => {
  const written = new Set(rows.map((row) => row.relation));
  for (const table of TABLES.filter((name) => !written.has(name))) {
    expect([table, await failure(`select 1 from ${table}`)]).toEqual([table, '42501']);
  }
});

it('it reads nothing of a workspace that it may only write to', async () => {
  for (const { relation } of rows.filter((row) => !gives(row, 'select'))) {
    expect([relation, await failure(`select 1 from ${relation}`)]).toEqual([relation, '42501']);
  }
});

it('without a customer it sees no row at all', async () => {
  for (const { relation, rows: scope } of may('select')) {
    if (scope === 'customer') expect(await count(relation, { customer: '' })).toBe(0);
  }
});
