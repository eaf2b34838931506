import { DomainError } from '../kernel/errors.ts';

/**
 * The bearer token of an Authorization header. Any other scheme, an empty or a non-ASCII token
 * counts as none (workspace-and-portal.md §2.1).
 */
export function bearerToken(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const token = /^bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
  return token;
}

/** The error for a token that is given and does not hold. */
export function invalidToken(): DomainError {
  return new DomainError(
    'invalid_token',
    'unauthenticated',
    'The token is unknown, expired or revoked',
  );
}

/** The error for a caller without a credential of the kind that is needed. */
export function unauthorized(): DomainError {
  return new DomainError('Unauthorized', 'unauthenticated', 'Unauthorized');
}

/** The error for a credential without any of the scopes an operation asks for. */
export function insufficientScope(scopes: readonly string[]): DomainError {
  return new DomainError('insufficient_scope', 'forbidden', [...scopes].sort().join(' '));
}

/** The error for a portal session whose role does not allow an operation. */
export function notPermitted(message = 'Your role does not allow this'): DomainError {
  return new DomainError('NotPermitted', 'forbidden', message);
}
