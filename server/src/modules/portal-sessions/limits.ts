import type { Work } from '../../db/work.ts';
import { DomainError } from '../../kernel/errors.ts';
import { countTry } from './sessions.store.ts';

/** A limit that outlives a restart: so many tries within a window of seconds. */
export interface Limit {
  bucket: string;
  most: number;
  seconds: number;
}

const QUARTER = 15 * 60;
const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** The limits of signing in (README decision 8; threats.md T10, T11, T14). */
export const limits = {
  request: { bucket: 'code_request', most: 10, seconds: QUARTER },
  authenticate: { bucket: 'code_authenticate', most: 10, seconds: QUARTER },
  exchange: { bucket: 'ticket_exchange', most: 60, seconds: QUARTER },
  mails: { bucket: 'code_mails', most: 5, seconds: HOUR },
  codes: { bucket: 'code_codes', most: 20, seconds: DAY },
  guesses: { bucket: 'code_guesses', most: 5, seconds: 10 * 60 },
  guessesADay: { bucket: 'code_guesses_day', most: 50, seconds: DAY },
} satisfies Record<string, Limit>;

/** Counts a try. Out: whether it is one too many, and the seconds until the window ends. */
export async function overLimit(
  w: Work,
  limit: Limit,
  subject: Buffer,
): Promise<{ over: boolean; seconds: number }> {
  const { rows } = await w.run<{ tries: number; seconds_left: number }>(
    countTry(limit.bucket, subject, limit.seconds),
  );
  const { tries, seconds_left } = rows[0] as { tries: number; seconds_left: number };
  return { over: tries > limit.most, seconds: Math.max(1, seconds_left) };
}

/** The error of a client address that tries too often. */
export function tooMany(seconds: number): DomainError {
  return new DomainError('TooManyAttempts', 'limited', 'Too many attempts; try again later', {
    retryAfterSeconds: seconds,
  });
}
