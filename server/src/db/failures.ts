import { DomainError } from '../kernel/errors.ts';

interface DatabaseFailure extends Error {
  code?: string;
  constraint?: string;
}

/** The name of the constraint a statement broke, if that is why it failed. */
export function brokenConstraint(error: unknown): string | undefined {
  const failure = error as DatabaseFailure;
  return failure?.code?.startsWith('23') ? failure.constraint : undefined;
}

/** Whether running the whole transaction again can help (deadlock, serialisation, lost plan). */
export function isTransient(error: unknown): boolean {
  const code = (error as DatabaseFailure)?.code;
  return code === '40P01' || code === '40001' || code === '26000' || code === '0A000';
}

const LOST = /^(08|57P|53)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);

/** Turns a database failure into what a caller is told; anything unknown passes as it is. */
export function publicFailure(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { code, message } = error as DatabaseFailure;
  if (code === 'CL401') {
    return new DomainError('invalid_token', 'unauthenticated', 'The token is not valid any more');
  }
  if (code === '55P03') {
    return new DomainError('Busy', 'conflict', 'Another request is still working on this');
  }
  if (isTransient(error)) {
    return new DomainError('Busy', 'unavailable', 'Too much is happening to this at once', {
      cause: error,
      retryAfterSeconds: 1,
    });
  }
  if (code === '57014') {
    return new DomainError('Timeout', 'unavailable', 'The request took too long', {
      cause: error,
      retryAfterSeconds: 5,
    });
  }
  const lost =
    (code !== undefined && (LOST.test(code) || NETWORK.has(code))) ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable|embedded database/i.test(
      message ?? '',
    );
  if (lost) {
    return new DomainError('Unavailable', 'unavailable', 'The database cannot be reached', {
      cause: error,
      retryAfterSeconds: 2,
    });
  }
  if (code?.startsWith('22') || code === '54000') {
    return new DomainError('RequestValidationError', 'invalid', 'A value cannot be stored', {
      issues: [
        {
          in: 'body',
          path: [],
          type: 'value_error',
          message: 'A value cannot be stored',
          input: null,
          rule: 'business',
        },
      ],
      cause: error,
    });
  }
  return error;
}
