import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonProblem, parseJson } from '../../src/http/json.ts';

const read = (text: string) => parseJson(Buffer.from(text));

function problem(text: string): JsonProblem | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (error instanceof JsonProblem) return error;
    throw error;
  }
}

const exact = (n: number) => !Number.isInteger(n) || Number.isSafeInteger(n) || Math.abs(n) >= 1e21;
const text = fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0') && s.isWellFormed());
const key = text.filter((s) => s !== '__proto__');
const { value: document } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(exact),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
}));
const indent = fc.constantFrom(undefined, 1, '\t', '\r\n ');

it('reads every document as JSON.parse does', () => {
  fc.assert(
    fc.property(document, indent, (value, space) => {
      const written = JSON.stringify(value, null, space);
      expect(read(written)).toEqual(JSON.parse(written));
    }),
    { numRuns: 200 },
  );
});

it('reads a damaged document as JSON.parse does, or says where it breaks', () => {
  const damage = fc.record({
    at: fc.nat(),
    cut: fc.nat({ max: 2 }),
    insert: fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\',
      '-',
      '0',
      'e',
      '.',
      't',
      '\n',
      ' ',
    ),
  });
  fc.assert(
    fc.property(document, damage, (value, { at, cut, insert }) => {
      const sound = JSON.stringify(value);
      const place = at % (sound.length + 1);
      const broken = sound.slice(0, place) + insert + sound.slice(place + cut);
      fc.pre(broken.isWellFormed());
      const found = problem(broken);
      let expected: unknown;
      try {
        expected = JSON.parse(broken);
      } catch (error) {
        expect(found).toBeInstanceOf(JsonProblem);
        const position = /position (\d+)/.exec((error as Error).message)?.[1];
        // Ours points at the start of the broken token, never behind the place where it breaks.
        expect(found?.offset).toBeLessThanOrEqual(Number(position ?? broken.length));
        return;
      }
      if (found === undefined) expect(read(broken)).toEqual(expected);
      else expect(found.message).toMatch(/twice|exactly|text|forbidden/);
    }),
    { numRuns: 800 },
  );
});

it('says at which character a document breaks', () => {
  for (const [given, offset] of [
    ['', 0],
    ['{"a":1,"a":2}', 7],
    ['{"a":[1,2,{"b":}]}', 15],
    ['{"a":9007199254740993}', 5],
    ['{"a":"\\ud800"}', 5],
    ['["ok","\\u0000"]', 6],
    ['{"x":{"__proto__":1}}', 6],
    ['{"a":1} x', 8],
    ['[1 2]', 3],
    ['"unfinished', 0],
  ] as const) {
    expect([given, problem(given)?.offset]).toEqual([given, offset]);
  }
});

it('bounds nesting and keys, and stays quick at the largest body', () => {
  expect(problem('['.repeat(33) + ']'.repeat(33))?.offset).toBe(32);
  expect(problem('['.repeat(32) + ']'.repeat(32))).toBe(undefined);
  const keys = (n: number) => `{${Array.from({ length: n }, (_, i) => `"${i}":0`).join(',')}}`;
  expect(problem(keys(70_000))).toBe(undefined);
  expect(problem(keys(70_001))?.message).toContain('keys');
  const escapes = `"${'\\"'.repeat(500_000)}"`;
  expect(read(escapes)).toBe('"'.repeat(500_000));
  expect(problem(`"${'\\"'.repeat(500_000)}`)?.offset).toBe(0);
  expect(read(`[${'1,'.repeat(400_000)}1]`)).toHaveLength(400_001);
});

it('refuses bytes that are not UTF-8', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const buffer = Buffer.from([
        0x22,
        ...bytes.map((b) => (b === 0x22 || b === 0x5c || b < 0x20 ? 0x61 : b)),
        0x22,
      ]);
      const sound = Buffer.from(buffer.toString('utf8')).equals(buffer);
      if (sound) expect(parseJson(buffer)).toBe(JSON.parse(buffer.toString('utf8')));
      else expect(() => parseJson(buffer)).toThrow(JsonProblem);
    }),
  );
});
