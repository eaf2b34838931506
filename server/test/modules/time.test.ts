import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTime } from '../../src/kernel/time.ts';

it.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02t03:04:05.6z', '2026-01-02T03:04:05.600Z'],
  ['2026-01-02 03:04:05.123456789+02:00', '2026-01-02T01:04:05.123Z'],
  ['2026-01-02T03:04:05-23:59', '2026-01-03T03:03:05.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  [' 2026-12-31T23:59:59.999Z ', '2026-12-31T23:59:59.999Z'],
])('reads %s', (given, time) => {
  expect(readTime(given)).toBe(time);
});

it.each([
  ['2026-01-02', '2026-01-02T03:04:05', '2026-1-2T03:04:05Z', '1767323045', 'now', ''],
  ['2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z'],
  [
    '2026-01-02T24:30:00Z',
    '2026-01-02T03:60:00Z',
    '2026-01-02T03:04:61Z',
    '2026-01-02T03:04:05+24:61',
  ],
  ['+012026-01-02T03:04:05Z', '20260102T030405Z', '2026-01-02T03:04:05.Z', '2026-01-02T03:04:05 Z'],
])('refuses %s and others like it', (...texts) => {
  for (const text of texts) expect([text, readTime(text)]).toEqual([text, undefined]);
});

it('reads every moment back, in any offset', () => {
  const moments = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, fc.integer({ min: -839, max: 839 }), (moment, minutes) => {
      const there = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const size = Math.abs(minutes);
      const offset = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
      expect(readTime(there + offset)).toBe(moment.toISOString());
    }),
  );
});
