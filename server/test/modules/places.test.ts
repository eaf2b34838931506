import { expect, it } from 'vitest';
import { isCountry, readSubdivision } from '../../src/kernel/places.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
const PAIRS = LETTERS.flatMap((a) => LETTERS.map((b) => a + b));
const codes = (country: string) =>
  PAIRS.filter((pair) => {
    const read = readSubdivision(country, pair);
    return 'code' in read && read.code === `${country}-${pair}`;
  });

it('knows the 249 countries of ISO 3166-1, embargoed or not', () => {
  expect(PAIRS.filter(isCountry)).toHaveLength(249);
  for (const code of ['CU', 'IR', 'KP', 'RU', 'SY', 'TW', 'PS', 'AX', 'SS'])
    expect(isCountry(code)).toBe(true);
  for (const code of ['XX', 'UK', 'EU', 'AN', 'SU', 'YU', 'ZZ', 'us', 'USA', '', ' DE'])
    expect([code, isCountry(code)]).toEqual([code, false]);
});

it('knows every subdivision of the US and Canada, territories included', () => {
  const us = codes('US');
  expect(us).toHaveLength(57);
  for (const code of ['AL', 'DC', 'WY', 'PR', 'GU', 'VI', 'AS', 'MP', 'UM'])
    expect(us).toContain(code);
  expect(codes('CA')).toEqual([
    'AB',
    'BC',
    'MB',
    'NB',
    'NL',
    'NS',
    'NT',
    'NU',
    'ON',
    'PE',
    'QC',
    'SK',
    'YT',
  ]);
});

it('keeps a state with its prefix, however it was given, and refuses what is none', () => {
  expect(readSubdivision('US', ' NY ')).toEqual({ code: 'US-NY' });
  expect(readSubdivision('US', 'US-NY')).toEqual({ code: 'US-NY' });
  expect(readSubdivision('CA', 'CA')).toEqual({ reason: expect.stringContaining('CA province') });
  expect(readSubdivision('US', 'CA')).toEqual({ code: 'US-CA' });
  for (const state of ['ny', 'us-NY', 'New York', 'CA-ON', 'US-US-NY', 'US-', '-NY', 'US-ny']) {
    expect([state, readSubdivision('US', state)]).toEqual([
      state,
      { reason: expect.stringContaining('US state') },
    ]);
  }
});

it('takes any text for a state elsewhere, and a blank one for none', () => {
  expect(readSubdivision('DE', ' Bayern ')).toEqual({ code: 'Bayern' });
  for (const country of ['DE', 'US', 'CA'])
    expect(readSubdivision(country, '  ')).toEqual({ code: null });
});
