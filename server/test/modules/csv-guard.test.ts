import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvGuard, unguard } from '../../src/modules/exports/csv-guard.ts';

/** Cuts bytes at the given places, as a stream may. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [...new Set(places.map((p) => p % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end));
}

const guarded = (csv: string, places: number[] = []) =>
  text(Readable.from(cut(Buffer.from(csv), places)).pipe(new CsvGuard()));

/** As PostgreSQL's COPY writes it. */
const copied = (rows: string[][]) =>
  rows
    .map(
      (row) =>
        `${row.map((c) => (/[",\r\n]/.test(c) || c === '' ? `"${c.replaceAll('"', '""')}"` : c)).join(',')}\n`,
    )
    .join('');

const pieces = fc.constantFrom(
  '=',
  '+',
  '-',
  '@',
  '\t',
  '\r',
  '\n',
  '\0',
  '＝',
  '＋',
  '－',
  '＠',
  "'",
  '"',
  ',',
  'a',
  ' ',
  'ä',
  '＜',
  '😀',
);
const cell = fc.oneof(
  fc.array(pieces, { maxLength: 6 }).map((p) => p.join('')),
  fc.string({ unit: 'grapheme' }),
);
const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });

it('guards every cell a spreadsheet would run, and gives every value back', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom(copied, stringify),
      fc.array(fc.nat()),
      async (cells, write, places) => {
        const out = await guarded(write(cells), places);
        expect(out.endsWith('\r\n')).toBe(true);
        const back = parse(out, { record_delimiter: '\r\n' }) as string[][];
        for (const value of back.flat()) expect(value).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/u);
        expect(back.map((row) => row.map(unguard))).toEqual(cells);
      },
    ),
    { numRuns: 300 },
  );
});

it('changes no other byte but the ends of rows', async () => {
  expect(await guarded('a,"b\nc",\'d\n1,,"x""y"\n')).toBe('a,"b\nc",\'d\r\n1,,"x""y"\r\n');
  expect(await guarded('=a,"+b",\'=c,"\'@d",ok\n')).toBe("'=a,\"'+b\",''=c,\"''@d\",ok\r\n");
});
