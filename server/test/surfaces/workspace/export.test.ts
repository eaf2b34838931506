import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unguard } from '../../../src/modules/exports/index.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const HEADER =
  'ID,External ID,Created At,Email,Name,Billing Address Line 1,Billing Address Line 2,' +
  'Billing Address City,Billing Address State,Billing Address Zip,Billing Address Country,Metadata';

it('exports the twelve columns as CSV with CRLF under its file name (32)', async () => {
  const ws = await program.workspace();
  const empty = await ws.api('GET', '/api/customers/export');
  expect(empty.status).toBe(200);
  expect(empty.text).toBe(`${HEADER}\r\n`);
  expect(empty.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(empty.headers.get('content-disposition')).toBe('attachment; filename=customers.csv');

  const full = await customer(ws, {
    email: 'full@example.com',
    name: 'Full, "quoted"\nName',
    external_id: 'f-1',
    billing_address: {
      line1: '1 Main',
      line2: 'Flat 2',
      city: 'Los Angeles',
      state: 'CA',
      postal_code: '90001',
      country: 'US',
    },
    metadata: { plan: 'gold', seats: 5 },
  });
  const bare = await customer(ws, { email: 'bare@example.com' });
  const { text } = await ws.api('GET', '/api/customers/export');
  const date = (made: { created_at: string }) => `${made.created_at.replace(/\.?0*Z$/, '')}`;
  expect(text).toContain(`${bare.id},,${date(bare)}`);
  const rows = parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
  const byEmail = new Map(rows.map((row) => [row.Email, row]));
  expect(rows).toHaveLength(2);
  const {
    'Created At': at,
    Metadata,
    ...cells
  } = byEmail.get('full@example.com') as Record<string, string>;
  expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/);
  expect(new Date(at as string).toISOString()).toBe(full.created_at);
  expect(JSON.parse(Metadata as string)).toEqual({ plan: 'gold', seats: 5 });
  expect(cells).toEqual({
    ...{ ID: full.id, 'External ID': 'f-1', Email: 'full@example.com', Name: full.name },
    ...{ 'Billing Address Line 1': '1 Main', 'Billing Address Line 2': 'Flat 2' },
    ...{ 'Billing Address City': 'Los Angeles', 'Billing Address State': 'US-CA' },
    ...{ 'Billing Address Zip': '90001', 'Billing Address Country': 'US' },
  });
  const line = text.split('\r\n').find((l) => l.includes('bare@example.com')) as string;
  expect(line).toMatch(/^[0-9a-f-]{36},,[^,]+,bare@example\.com,,,,,,,,$/);
});

it('quotes only what needs quotes, and ends every row with CRLF (32)', async () => {
  const ws = await program.workspace();
  await customer(ws, { email: 'q@example.com', name: 'plain words' });
  await customer(ws, { email: 'r@example.com', name: 'with "quotes"' });
  await customer(ws, { email: 's@example.com', name: 'a\rb' });
  const { text } = await ws.api('GET', '/api/customers/export');
  expect(text).toContain(',plain words,');
  expect(text).toContain(',"with ""quotes""",');
  expect(text).toContain(',"a\rb",');
  expect(text.endsWith('\r\n')).toBe(true);
});

const TRIGGERS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

it('guards every cell a spreadsheet would run, and the guard comes off again (decision 9)', async () => {
  const ws = await program.workspace();
  const risky = TRIGGERS.flatMap((t) => [`${t}cmd|' /C calc'!A0`, `'${t}x`, `''${t}x, y`, `${t}`]);
  const harmless = ["'quoted'", "o'hara", 'a=b', ' =not first', "'"];
  const values = [...risky, ...harmless];
  const wanted = new Map<string, string>();
  for (const [i, value] of values.entries()) {
    const fields = {
      metadata: { k: value },
      billing_address: { country: 'DE', line2: `x${value}` },
    };
    // Names and ids are trimmed, so a blank trigger can only stand behind another character.
    const { id, name } = await customer(ws, {
      ...fields,
      name: value,
      external_id: `${value}${i}`,
    });
    wanted.set(id, name ?? '');
  }
  const { text } = await ws.api('GET', '/api/customers/export');
  const rows = parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
  expect(rows).toHaveLength(values.length);
  for (const row of rows) {
    for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/u);
    expect(unguard(row.Name as string)).toBe(wanted.get(row.ID as string));
    const external = row['External ID'] as string;
    expect(values.map((v, i) => `${v}${i}`.trim())).toContain(unguard(external));
  }
});

it('exports a thousand rows and one, each once', async () => {
  const ws = await program.workspace();
  await program.database.owner(
    `insert into customers (workspace_id, id, email, name) select $1, gen_random_uuid(),
       i || '@example.com', repeat('ä', i % 200) from generate_series(1, 1001) i`,
    [ws.id],
  );
  const { text } = await ws.api('GET', '/api/customers/export');
  const rows = parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
  expect(new Set(rows.map((r) => r.Email)).size).toBe(1001);
  expect(
    rows.every((r) => (r.Name as string).length === Number.parseInt(r.Email as string, 10) % 200),
  ).toBe(true);
});
