import { randomInt } from 'node:crypto';

/** Letters and digits that nobody takes for another: 32 of them, five bits each. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;

/** A login code of 40 random bits (README decision 8). */
export function newCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** A code as it is shown: `XXXX-XXXX`. */
export const shownCode = (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`;

/** A code as somebody typed it, in its one form. */
export const readCode = (typed: string) => typed.toUpperCase().replace(/[\s-]/g, '').slice(0, 64);
