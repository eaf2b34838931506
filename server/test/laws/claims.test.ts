import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerFields } from '../../src/modules/customers/index.ts';
import { erasureClaims } from '../../src/modules/erasure/index.ts';
import { EXPORT_HEADERS } from '../../src/modules/exports/index.ts';
import { memberFields } from '../../src/modules/members/index.ts';
import { mergeClaims } from '../../src/modules/merge/index.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Columns that are stored for their own sake, not made from others. */
async function columnsOf(table: string): Promise<string[]> {
  const rows = await database.owner<{ name: string }>(
    `select attname::text as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
     order by 1`,
    [table],
  );
  return rows.map((row) => row.name);
}

describe.each([
  { what: 'erasure', claims: erasureClaims },
  { what: 'a merge', claims: mergeClaims },
])('$what', ({ claims }) => {
  it('claims every table that points at a customer, and no table that is not there', async () => {
    const rows = await database.owner<{ name: string }>(
      `select distinct c.relname::text as name
       from pg_class c left join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
       where c.relnamespace = 'clientele'::regnamespace and c.relkind in ('r', 'p')
         and (c.relname = 'customers' or a.attname ~ '(^|_)customer_id$')`,
    );
    expect(Object.keys(claims).sort()).toEqual(rows.map((row) => row.name).sort());
  });

  it('claims every table that is tied to customers by a foreign key', async () => {
    const rows = await database.owner<{ name: string }>(
      `select distinct k.conrelid::regclass::text as name from pg_constraint k
       where k.contype = 'f' and k.confrelid = 'customers'::regclass`,
    );
    for (const { name } of rows) expect(Object.keys(claims)).toContain(name);
  });
});

describe('the rules of a field', () => {
  it('are stated for every column of a customer and of a member', async () => {
    expect(Object.keys(customerFields).sort()).toEqual(await columnsOf('customers'));
    expect(Object.keys(memberFields).sort()).toEqual(await columnsOf('members'));
  });

  it('let erasure reach every field that holds personal data', () => {
    for (const rules of [customerFields, memberFields]) {
      for (const [name, rule] of Object.entries(rules)) {
        if (rule.personal) expect([name, rule.erasure]).not.toEqual([name, 'keep']);
      }
    }
  });

  it('name columns of the export that are there', () => {
    const named = Object.values(customerFields).flatMap((rule) => rule.csv ?? []);
    for (const header of named) {
      expect(EXPORT_HEADERS.some((h) => h === header || h.startsWith(`${header} `))).toBe(true);
    }
    for (const header of EXPORT_HEADERS) {
      expect(named.some((n) => header === n || header.startsWith(`${n} `))).toBe(true);
    }
  });
});
