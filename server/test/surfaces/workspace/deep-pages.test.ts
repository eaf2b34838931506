import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { list } from './common.ts';

const ROWS = 730;

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
  // Written past the verbs, so that the counts are the triggers' own; many ties, some nulls.
  await program.database.owner(
    `insert into customers (workspace_id, id, email, name, created_at, status)
     select $1, gen_random_uuid(), 'p' || (i * 7919 % 1000) || '.' || i || '@example.com',
       case when i % 5 = 0 then null else 'Name ' || i % 17 end,
       now() - (i / 10) * interval '1 minute',
       case when i % 73 = 0 then 'ARCHIVED' else 'ACTIVE' end
     from generate_series(1, ${ROWS + 10}) i`,
    [ws.id],
  );
});
afterAll(() => program.close());

it.each([
  [['created_at'], [(c: Row) => c.created_at]],
  [['-created_at'], [(c: Row) => c.created_at]],
  [['name'], [(c: Row) => c.name]],
  [['-name'], [(c: Row) => c.name]],
  [['email'], [(c: Row) => c.email]],
  [
    ['name', '-email'],
    [(c: Row) => c.name, (c: Row) => c.email],
  ],
  [
    ['-name', 'created_at'],
    [(c: Row) => c.name, (c: Row) => c.created_at],
  ],
])('meets every row once, in order, on the pages of a list sorted by %s', async (sorting) => {
  const query = sorting.map((s) => `sorting=${s}`).join('&');
  const rows: Row[] = [];
  for (let page = 1; page <= 8; page += 1) {
    const { data, meta } = await list(ws, `?${query}&limit=100&page=${page}`);
    expect(meta).toEqual({ total: ROWS, page, per_page: 100, pages: 8 });
    rows.push(...data);
  }
  expect(new Set(rows.map((r) => r.id)).size).toBe(ROWS);
  for (let i = 1; i < rows.length; i += 1) {
    const [a, b] = [rows[i - 1] as Row, rows[i] as Row];
    const decisive = sorting.map((s) => compare(a, b, s)).find((n) => n !== 0);
    // The id breaks ties, in the direction of the first criterion.
    const tie = sorting[0]?.startsWith('-') ? b.id < a.id : a.id < b.id;
    expect(decisive === undefined ? tie : decisive < 0, JSON.stringify([sorting, a, b])).toBe(true);
  }
});

interface Row {
  id: string;
  name: string | null;
  email: string;
  created_at: string;
}

function compare(a: Row, b: Row, term: string): number {
  const field = term.replace('-', '') as 'name';
  const [x, y] = term.startsWith('-') ? [b[field], a[field]] : [a[field], b[field]];
  if (x === y) return 0;
  if (x === null) return 1;
  if (y === null) return -1;
  return Buffer.compare(Buffer.from(x), Buffer.from(y));
}

it('keeps the total while rows are archived, restored and deleted by hand', async () => {
  const other = await program.workspace();
  await program.database.owner(
    `insert into customers (workspace_id, id, email) select $1, gen_random_uuid(), i || '@example.com'
     from generate_series(1, 5) i`,
    [other.id],
  );
  const total = async () => (await list(other)).meta.total;
  expect(await total()).toBe(5);
  const change = (sql: string) =>
    program.database.owner(`update customers set ${sql} where workspace_id = $1`, [other.id]);
  await change("status = 'ARCHIVED'");
  expect(await total()).toBe(0);
  await change("status = 'SUSPENDED'");
  expect(await total()).toBe(5);
  await change("status = 'ARCHIVED', deleted_at = now()");
  await change("status = 'ACTIVE'");
  expect(await total()).toBe(0);
});
