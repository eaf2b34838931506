import { type ViesOptions, viesClient } from '../../src/providers/vies/client.ts';
import type { ViesStandIn } from '../../src/providers/vies/stand-in.ts';

/** A client of the stand-in, without patience. */
export const clientOf = (stand: ViesStandIn, options: Partial<ViesOptions> = {}) =>
  viesClient({
    url: stand.url,
    requester: 'DE136695976',
    timeoutMs: 400,
    patienceMs: 20_000,
    pausesMs: [1],
    breaker: { after: 1_000_000, pauseMs: 1, longestMs: 1 },
    ...options,
  });

/** The n-th German VAT number with right check digit (ISO 7064 mod 11, 10). */
function german(n: number): string {
  const digits = String(10_000_000 + n);
  let product = 10;
  for (const digit of digits) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return `DE${digits}${(11 - product) % 10}`;
}

/** The n-th VAT number of Luxembourg (remainder of 89). */
function luxembourgish(n: number): string {
  const digits = String(100_000 + n);
  return `LU${digits}${String(Number(digits) % 89).padStart(2, '0')}`;
}

/** The n-th VAT number of Poland (weighted sum, mod 11), as long as its check digit is one. */
function polish(n: number): string {
  const digits = String(850_000_000 + n);
  const weights = [6, 5, 7, 2, 3, 4, 5, 6, 7];
  const check = weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11;
  return check === 10 ? polish(n + 100_000) : `PL${digits}${check}`;
}

/** The n-th of many VAT numbers, all different, of three countries in turn. */
export function vatNumber(n: number): string {
  return ([german, luxembourgish, polish][n % 3] as typeof german)(n);
}

/** The n-th VAT number of Germany alone. */
export const germanNumber = german;
