import type { Answer } from '../kernel/answer.ts';
import type { IdempotentRequest } from '../kernel/caller.ts';
import { DomainError, invalid } from '../kernel/errors.ts';
import type { Keys } from '../kernel/secrets.ts';
import { refusal } from './refusal.ts';
import type { Surface } from './surface.ts';

const LONGEST_KEY = 255;
const NOT_KEPT = new Set(['unauthenticated', 'limited', 'unavailable', 'forbidden']);

/**
 * Reads the Idempotency-Key of a write (README decision 15).
 * In: the header, what makes two requests the same, and how outcomes are written.
 */
export function readIdempotencyKey(
  header: string | string[] | undefined,
  request: { id: string; scope: string; method: string; url: string; body: Buffer | undefined },
  surface: Surface,
  keys: Keys,
  answer: (outcome: never) => Answer,
): IdempotentRequest | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header.length < 1 || header.length > LONGEST_KEY) {
    throw invalid([
      {
        in: 'header',
        path: ['Idempotency-Key'],
        type: 'value_error',
        message: `Must be one value of 1 to ${LONGEST_KEY} characters`,
        input: String(header).slice(0, LONGEST_KEY),
      },
    ]);
  }
  const { id, scope, method, url, body } = request;
  return {
    scope,
    keyHash: keys.requestDigest(header),
    fingerprint: keys.requestDigest(`${method} ${url}\n`, body ?? ''),
    answer: answer as (outcome: unknown) => Answer,
    refuse: (error) =>
      error instanceof DomainError && !NOT_KEPT.has(error.kind) && error.code !== 'Busy'
        ? refusal(surface, error, { id, url })
        : undefined,
  };
}

/** The error of an operation that is not done without a key (README decision 30). */
export const keyDemanded = () =>
  invalid([
    {
      in: 'header',
      path: ['Idempotency-Key'],
      type: 'missing',
      message: 'This operation moves money and needs an Idempotency-Key',
    },
  ]);

/** The tags of an If-Match header, unquoted; `*` stays as it is. */
export function readIfMatch(header: string | undefined): string[] | undefined {
  if (header === undefined) return undefined;
  return header.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
}
