import { currencyDigits } from './currencies.ts';

/** The largest amount of minor units that is kept: what PostgreSQL's bigint holds. */
const MOST = 2n ** 63n - 1n;
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;

/** Why a text is no amount of a currency. */
export type MoneyProblem = 'form' | 'digits' | 'size';

/**
 * Reads a decimal amount into minor units, exactly (threats.md T31). In: a plain decimal such as
 * `120.00`; zeros behind the last digit a currency has are fine. Out: minor units, or the problem.
 */
export function readMoney(text: string, currency: string): bigint | MoneyProblem {
  const found = DECIMAL.exec(text);
  if (found === null) return 'form';
  const [, sign = '', whole = '', fraction = ''] = found;
  const digits = currencyDigits(currency);
  const kept = fraction.slice(0, digits).padEnd(digits, '0');
  if (/[1-9]/.test(fraction.slice(digits))) return 'digits';
  const units = BigInt(whole + kept);
  if (units > MOST) return 'size';
  return sign === '-' ? -units : units;
}

/** Writes minor units as a decimal with all digits of the currency: `-0.05`, `1200`, `1.500`. */
export function writeMoney(units: bigint, currency: string): string {
  const digits = currencyDigits(currency);
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const sign = units < 0n ? '-' : '';
  return digits === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits)}`;
}
