import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newId, parseUuid } from '../../src/kernel/ids.ts';

const spellings = (id: string) => {
  const hex = id.replaceAll('-', '');
  return [id, hex, `{${id}}`, `urn:uuid:${id}`, `{${hex}}`].flatMap((s) => [s, s.toUpperCase()]);
};

it('reads every spelling of a UUID into one, with its version', () => {
  fc.assert(
    fc.property(fc.uuid({ version: [1, 2, 3, 4, 5, 6, 7, 8] }), (id) => {
      for (const spelling of spellings(id)) {
        expect(parseUuid(spelling)).toEqual({ id, version: Number(id[14]) });
      }
    }),
  );
  for (let i = 0; i < 50; i += 1) expect(parseUuid(newId())?.version).toBe(4);
});

it('gives no version to what is not of the usual variant', () => {
  for (const id of [
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '3f2b8c1e-9a47-4d0e-cf6b-5c2a1d7e9b04',
    '3f2b8c1e-9a47-4d0e-0f6b-5c2a1d7e9b04',
  ]) {
    expect(parseUuid(id)).toEqual({
      id,
      version: id[19] === 'f' || id[19] === '0' || id[19] === 'c' ? 0 : 4,
    });
  }
});

it('refuses a UUID with anything missing, added or moved', () => {
  fc.assert(
    fc.property(
      fc.uuid({ version: 4 }),
      fc.nat({ max: 35 }),
      fc.constantFrom('', 'g', '-', ' ', 'ä', '0-', '\0'),
      (id, at, put) => {
        const bent = id.slice(0, at) + put + id.slice(at + 1);
        if (bent !== id && bent.replaceAll('-', '').length !== 32)
          expect(parseUuid(bent)).toBe(undefined);
        else if (bent !== id && put !== '') expect(parseUuid(bent)).toBe(undefined);
      },
    ),
  );
  for (const none of [
    '',
    '{}',
    'urn:uuid:',
    `${newId()}0`,
    ` ${newId()}`,
    `{${newId()}`,
    `${newId()}}`,
    `urn:${newId()}`,
    'İ'.repeat(32),
  ]) {
    expect([none, parseUuid(none)]).toEqual([none, undefined]);
  }
});
