import type { VatNumber } from '../../kernel/vat-number.ts';
import type { VatAnswer, VatOutage } from '../../modules/vat/index.ts';

const LONGEST_NAME = 500;
const LONGEST_ADDRESS = 1_000;
const LONGEST_TEXT = 200;
/** What is kept of an answer besides its verdict; names and addresses are kept apart. */
const KEPT = ['valid', 'requestDate', 'requestIdentifier', 'countryCode', 'vatNumber', 'userError'];
/** How VIES writes that it does not say. */
const WITHHELD = /^-*$/;

/** A text of the register as it is kept: well-formed, without control characters, cut (T49). */
function clean(given: unknown, most: number): string | null {
  if (typeof given !== 'string') return null;
  const text = given
    .slice(0, 4 * most)
    .toWellFormed()
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .trim();
  return WITHHELD.test(text) ? null : [...text].slice(0, most).join('');
}

/** The answer for a number that nothing was said about. */
export const outage = (
  failure: string,
  asked = true,
  payload: Record<string, unknown> = {},
): VatOutage => ({ verdict: 'unavailable', failure, asked, payload });

function codeOf(given: unknown): string {
  return typeof given === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(given)
    ? given
    : 'UNKNOWN_ERROR';
}

/** The error that an answer reports in one of the ways VIES has for it. */
function errorIn(body: Record<string, unknown>): string | undefined {
  const { errorWrappers, userError, actionSucceed } = body;
  if (Array.isArray(errorWrappers) && errorWrappers.length > 0) {
    return codeOf((errorWrappers[0] as { error?: unknown } | null)?.error);
  }
  // Some answers say `valid: false` and name the outage beside it.
  if (userError !== undefined && userError !== 'VALID' && userError !== 'INVALID') {
    return codeOf(userError);
  }
  return actionSucceed === false ? 'UNKNOWN_ERROR' : undefined;
}

const other = (given: unknown, asked: string) =>
  typeof given === 'string' && given.toUpperCase() !== asked;

/**
 * Reads an answer of VIES. Only one that is whole, without any error, and about the number that was
 * asked carries a verdict; everything else is an outage (threats.md T47).
 */
export function readAnswer(status: number, text: string, asked: VatNumber): VatAnswer {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text);
  } catch {
    return outage(status === 200 ? 'UNREADABLE_ANSWER' : `HTTP_${status}`);
  }
  if (body === null || typeof body !== 'object') return outage('UNREADABLE_ANSWER');
  const error = errorIn(body);
  if (error !== undefined) return outage(error, true, { status, error });
  if (status !== 200) return outage(`HTTP_${status}`);
  if (other(body.countryCode, asked.country) || other(body.vatNumber, asked.number)) {
    return outage('ANSWER_ABOUT_ANOTHER_NUMBER');
  }
  if (typeof body.valid !== 'boolean') return outage('UNREADABLE_ANSWER');
  const payload = Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = body[name];
      const kept = typeof value === 'boolean' ? value : clean(value, LONGEST_TEXT);
      return kept === null ? [] : [[name, kept]];
    }),
  );
  return {
    verdict: body.valid ? 'valid' : 'invalid',
    consultationNumber: clean(body.requestIdentifier, LONGEST_TEXT),
    name: clean(body.name, LONGEST_NAME),
    address: clean(body.address, LONGEST_ADDRESS),
    payload,
  };
}
