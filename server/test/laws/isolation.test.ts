import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectedPolicies } from '../../src/db/matrix.ts';
import { slotsOf } from '../../src/http/probe/slots.ts';
import { type Caller, OPERATOR_WORKSPACE } from '../../src/kernel/caller.ts';
import type { DoctorCheck } from '../../src/modules/doctor/index.ts';
import { withTwins } from '../../src/modules/doctor/twins.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';
import { operations } from './operations.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

/** How often the other's ids are tried; `npm run soak` does it more often (threats.md T1). */
const PROBES = Number(process.env.CLIENTELE_SOAK ?? 0) > 0 ? 10_000 : 200;

/** Keys that lead to a workspace, so they cannot begin with it. */
const DIRECTORY_KEYS = [
  'credentials_client_id_key',
  'credentials_hash_key',
  'one_time_tokens_hash_key',
  'portal_sessions_hash_key',
];

const opened = operations.filter(
  ({ operation }) => !operation.remote && ['credential', 'session'].includes(operation.access.by),
);

/** Tables with workspace_id whose rows are not kept apart by the policies of the matrix. */
async function unprotected(): Promise<string[]> {
  const rows = await program.database.owner<{ name: string; safe: boolean; policies: string[] }>(
    `select c.relname::text as name, c.relrowsecurity and c.relforcerowsecurity as safe,
       array(select p.polname::text from pg_policy p where p.polrelid = c.oid) as policies
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where c.relnamespace = 'clientele'::regnamespace and c.relkind in ('r', 'p')`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(14);
  return rows
    .filter(({ name, safe, policies }) => {
      const expected = expectedPolicies(name).map((p) => p.name);
      return !safe || [...policies].sort().join() !== expected.sort().join();
    })
    .map((row) => row.name)
    .sort();
}

async function doctor(): Promise<{ ok: boolean; checks: DoctorCheck[] }> {
  const { status, body } = await program.root('GET', '/admin/v1/doctor');
  expect(status).toBe(200);
  return body;
}

const tablesNamed = (checks: DoctorCheck[]) =>
  [...new Set(checks.flatMap((c) => (c.ok || c.table === null ? [] : c.table)))].sort();

it('keeps the rows of every table with workspace_id apart', async () => {
  expect(await unprotected()).toEqual([]);
});

it('begins every key of such a table with the workspace', async () => {
  const rows = await program.database.owner<{ name: string }>(
    `select i.relname::text as name
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where c.relnamespace = 'clientele'::regnamespace and x.indisunique and x.indkey[0] <> a.attnum
     union all
     select k.conname::text
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where k.contype = 'f' and c.relnamespace = 'clientele'::regnamespace
       and (k.conkey[1] <> a.attnum
            or (k.confrelid <> 'clientele.workspaces'::regclass and array_length(k.conkey, 1) < 2))
     order by 1`,
  );
  expect(rows.map((r) => r.name)).toEqual(DIRECTORY_KEYS);
});

it('answers ids of another workspace like ids that never existed, in every operation', async () => {
  let probes = 0;
  do {
    const { ok, checks } = await doctor();
    expect(checks.filter((c) => !c.ok)).toEqual([]);
    expect(ok).toBe(true);
    const probed = checks.find((c) => c.name === 'isolation')?.detail ?? '';
    expect(probed).toContain(`probes of ${opened.length} operations`);
    probes += Number.parseInt(probed, 10);
  } while (probes < PROBES);
}, 600_000);

it('has something of its own for every slot, so that a refusal means something', async () => {
  const caller: Caller = {
    entry: { as: 'operator' },
    workspaceId: OPERATOR_WORKSPACE,
    actor: { kind: 'root', id: 'root', name: 'law' },
    surface: 'admin',
    operation: 'law',
    requestId: 'law',
  };
  const own = await withTwins(program.app, caller, async ({ specimens }) => specimens);
  const missing = opened
    .flatMap((o) => slotsOf(o.operation).map((slot) => ({ ...slot, operation: o.name })))
    .filter((slot) => slot.kind === 'id' || slot.in === 'path' || slot.in === 'body')
    .filter(({ noun }) => own.ids[noun] === undefined && own.texts[noun] === undefined);
  expect(missing).toEqual([]);
});

// The last test: it takes the database apart.
it('names the table whose policy is gone, whichever it is', async () => {
  await program.database.owner('drop policy members_app on members');
  expect(await unprotected()).toEqual(['members']);
  const first = await doctor();
  expect(first.ok).toBe(false);
  expect(tablesNamed(first.checks)).toEqual(['members']);
  expect(first.checks.find((c) => c.table === 'members')).toEqual({
    name: 'tables',
    ok: false,
    detail: 'members: the policy members_app is missing',
    table: 'members',
  });

  const rows = await program.database.owner<{ name: string }>(
    `select distinct attrelid::regclass::text as name from pg_attribute a
     join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
     where attname = 'workspace_id' and c.relnamespace = 'clientele'::regnamespace order by 1`,
  );
  const scoped = rows.map((row) => row.name);
  const drops = scoped
    .filter((name) => name !== 'members')
    .map((name) => `drop policy ${expectedPolicies(name).at(-1)?.name} on ${name}`);
  await program.database.owner(drops.join(';'));
  expect(await unprotected()).toEqual(scoped);
  const second = await doctor();
  expect(second.ok).toBe(false);
  expect(tablesNamed(second.checks)).toEqual(scoped);
  const [left] = await program.database.owner<{ n: number }>(
    'select count(*)::int as n from workspaces where ephemeral',
  );
  expect(left?.n).toBe(0);
});
