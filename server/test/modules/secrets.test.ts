import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveKeys, looksLikeToken, newToken, sameText } from '../../src/kernel/secrets.ts';

const keys = deriveKeys('a secret');
const other = deriveKeys('another secret');

it('makes tokens that only their own prefix recognises, and no changed one', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  fc.assert(
    fc.property(fc.nat({ max: 47 }), fc.constantFrom(...letters), (at, letter) => {
      const token = newToken('clientele_oat_');
      expect(looksLikeToken('clientele_oat_', token)).toBe(true);
      expect(looksLikeToken('clientele_ak_', token)).toBe(false);
      expect(looksLikeToken('clientele_ak_', token.replace('_oat_', '_ak_'))).toBe(false);
      const place = 'clientele_oat_'.length + at;
      const changed = token.slice(0, place) + letter + token.slice(place + 1);
      expect(looksLikeToken('clientele_oat_', changed)).toBe(changed === token);
    }),
  );
  expect(new Set(Array.from({ length: 100 }, () => newToken('x_'))).size).toBe(100);
  const token = newToken('clientele_oat_');
  for (const near of [
    `${token}A`,
    token.slice(0, -1),
    `${token}=`,
    ` ${token}`,
    '',
    'clientele_oat_',
  ]) {
    expect(looksLikeToken('clientele_oat_', near)).toBe(false);
  }
});

it('opens what it sealed, and nothing that was changed or sealed by another', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, at) => {
      const sealed = keys.seal(text);
      expect(keys.open(sealed)).toBe(text);
      expect(keys.seal(text).equals(sealed)).toBe(false);
      expect(() => other.open(sealed)).toThrow();
      const bent = Buffer.from(sealed);
      bent[at % bent.length] = (bent[at % bent.length] as number) ^ 1;
      expect(() => keys.open(bent)).toThrow();
      expect(() => keys.open(sealed.subarray(0, -1))).toThrow();
    }),
  );
});

it('hashes under keys of their own: by use, by installation, by workspace', () => {
  const value = 'ann@example.com';
  const hashes = [
    ...[keys, other].flatMap((k) =>
      [k.tokenHash(value), k.personalDigest(value), k.requestDigest(value)].map((b) =>
        b.toString('hex'),
      ),
    ),
    ...[keys, other].flatMap((k) => ['w1', 'w2'].map((w) => k.pseudonym(w, value))),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(keys.pseudonym('w1', value)).toBe(deriveKeys('a secret').pseudonym('w1', value));
  expect(keys.requestDigest('ab', 'c')).toEqual(keys.requestDigest(Buffer.from('abc')));
  expect(looksLikeToken('clientele_root_', keys.rootToken)).toBe(true);
  expect(keys.rootToken).not.toBe(other.rootToken);
});

it('compares texts of any length', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => sameText(a, b) === (a === b)));
  expect(sameText('ä', 'ä')).toBe(true);
});
