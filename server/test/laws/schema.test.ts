import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshSchema, TABLES } from '../../src/db/migrate.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.owner(
    `create schema law_fresh; set search_path = law_fresh, public; ${freshSchema()}`,
  );
});
afterAll(() => database.close());

/** Everything a schema's tables are made of, without the schema's name. */
async function shapeOf(schema: string): Promise<string[]> {
  const rows = await database.owner<{ line: string }>(
    `with tables as (
       select c.oid, c.relname, c.reloptions from pg_class c
       where c.relnamespace = '${schema}'::regnamespace and c.relkind in ('r', 'p')
         and c.relname <> 'schema_migrations')
     select line from (
       select concat_ws(' ', 'table', relname, array_to_string(reloptions, ',')) as line from tables
       union all
       select concat_ws(' ', 'column', t.relname, a.attname, format_type(a.atttypid, a.atttypmod),
         case when a.attnotnull then 'not null' end, a.attidentity, a.attgenerated,
         pg_get_expr(d.adbin, d.adrelid), c.collname)
       from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0
       left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
       left join pg_collation c on c.oid = a.attcollation
       where not a.attisdropped
       union all
       select concat_ws(' ', 'constraint', t.relname, k.conname, pg_get_constraintdef(k.oid))
       from tables t join pg_constraint k on k.conrelid = t.oid
       union all
       select concat_ws(' ', 'index', t.relname, pg_get_indexdef(x.indexrelid))
       from tables t join pg_index x on x.indrelid = t.oid
     ) shape order by line`,
  );
  return rows.map((row) => row.line.replaceAll(`${schema}.`, ''));
}

it('has one file for every table of the schema, and no other', () => {
  const files = readdirSync(new URL('../../src/db/tables/', import.meta.url));
  expect(files.sort()).toEqual(TABLES.map((name) => `${name}.sql`).sort());
});

it('makes the same tables from the table files as from the migrations', async () => {
  const migrated = await shapeOf('clientele');
  expect(migrated.filter((line) => line.startsWith('table ')).length).toBe(TABLES.length);
  expect(await shapeOf('law_fresh')).toEqual(migrated);
});

it('names every constraint, so that a broken one can be explained', async () => {
  const unnamed = (await shapeOf('clientele'))
    .map((line) => /^constraint (\w+) (\w+) (.*)$/.exec(line))
    // PostgreSQL 18 lists NOT NULL among the constraints, under names of its own.
    .filter((found) => found !== null && !found[3]?.startsWith('NOT NULL'))
    .filter((found) => !/_(pkey|fkey|key|check)$/.test(found?.[2] ?? ''))
    .map((found) => found?.[0]);
  expect(unnamed).toEqual([]);
});
