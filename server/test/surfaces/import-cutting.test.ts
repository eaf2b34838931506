import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrayCutter } from '../../src/modules/imports/array-cutter.ts';
import { customerLayout } from '../../src/modules/imports/columns.ts';
import { type Cutter, type Frame, frames } from '../../src/modules/imports/frame.ts';
import { LineCutter } from '../../src/modules/imports/line-cutter.ts';
import { readRows } from '../../src/modules/imports/read-rows.ts';

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** The bytes in pieces of the given lengths, over and over. */
async function* pieces(bytes: Buffer, lengths: number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const length = lengths[i % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const cut = async (bytes: Buffer, lengths: number[], cutter: Cutter) =>
  (await collect(frames(pieces(bytes, lengths), cutter))).map((frame: Frame) =>
    'bytes' in frame ? { line: frame.line, text: frame.bytes.toString('latin1') } : frame,
  );

const lengths = fc.array(fc.integer({ min: 3, max: 9 }), { minLength: 1, maxLength: 4 });
const soup = fc
  .array(fc.constantFrom('"', ',', '\n', '\r\n', '[', ']', '{', '}', '\\', 'a', ' ', '\ufeff', 'é'))
  .map((parts) => Buffer.from(parts.join('')));

describe('rows are the same however their bytes arrive', () => {
  it.each([
    ['CSV', () => new LineCutter(true)],
    ['lines', () => new LineCutter(false)],
    ['an array', () => new ArrayCutter()],
  ])('as %s', async (_, cutter) => {
    await fc.assert(
      fc.asyncProperty(soup, lengths, async (bytes, cuts) => {
        const whole = await cut(bytes, [1_000], cutter());
        expect(await cut(bytes, cuts, cutter())).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what another program wrote is read as it meant it', () => {
  const cell = fc
    .string({
      unit: fc.constantFrom('"', ',', '\n', '\r', "'", '=', 'a', 'ß', '漢', ' '),
      maxLength: 8,
    })
    .filter((text) => text !== '');

  it('in CSV, each row under the line it starts on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { maxLength: 12 }),
        lengths,
        fc.constantFrom('\n', '\r\n'),
        async (rows, cuts, end) => {
          const head = `external_id,metadata.note${end}`;
          const records = rows.map((row) =>
            stringify([row], { quoted: true, record_delimiter: end as '\n' }),
          );
          const bytes = Buffer.from(head + records.join(''));
          const read = await collect(
            readRows(pieces(bytes, cuts), 'text/csv', JSON.parse as never, customerLayout),
          );
          let line = 2;
          const expected = rows.map(([external_id, note], i) => {
            const row = { line, given: { external_id, 'metadata.note': note } };
            line += (records[i] as string).split('\n').length - 1;
            return row;
          });
          expect(read).toMatchObject(expected);
          expect(read).toHaveLength(rows.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in JSON arrays', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ name: fc.jsonValue(), metadata: fc.jsonValue() }), { maxLength: 6 }),
        lengths,
        fc.constantFrom(0, 2),
        async (rows, cuts, space) => {
          const bytes = Buffer.from(JSON.stringify(rows, null, space));
          const parse = (text: Buffer) => JSON.parse(text.toString());
          const read = await collect(
            readRows(pieces(bytes, cuts), 'application/json', parse, customerLayout),
          );
          const meant = JSON.parse(JSON.stringify(rows)) as unknown[];
          expect(read.map((row) => ('given' in row ? row.given : row))).toEqual(meant);
        },
      ),
      { numRuns: 200 },
    );
  });
});
