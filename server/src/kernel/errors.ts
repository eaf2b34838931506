/** What kind of failure a rule reports; every surface maps a kind to its own published status. */
export type ErrorKind =
  | 'invalid'
  | 'rule'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'precondition'
  | 'limited'
  | 'too_large'
  | 'unsupported'
  | 'bad_request'
  | 'no_route'
  | 'no_method'
  | 'internal'
  | 'bad_gateway'
  | 'unavailable';

/**
 * One problem with one place of the input. `type` is a word of the validation vocabulary
 * (workspace-and-portal.md §3.3); `path` names the place inside `in`.
 */
export interface Issue {
  in: 'body' | 'query' | 'path' | 'header';
  path: (string | number)[];
  type: string;
  message: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
  /** A rule of the business that well-formed input breaks; `conflict`: with what is there already. */
  rule?: 'business' | 'conflict';
}

/** A failure that a caller is told about: `code` is stable, `message` is public. */
export class DomainError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly issues: Issue[];
  readonly retryAfterSeconds: number | undefined;
  /** What else a surface may tell of it: `entity_type`, `entity_id`… */
  readonly members: Record<string, unknown>;

  constructor(
    code: string,
    kind: ErrorKind,
    message: string,
    more: {
      issues?: Issue[];
      cause?: unknown;
      retryAfterSeconds?: number;
      members?: Record<string, unknown>;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'DomainError';
    this.code = code;
    this.kind = kind;
    this.issues = more.issues ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.members = more.members ?? {};
  }
}

/** The error for input that breaks rules: every issue is reported together. */
export function invalid(issues: Issue[]): DomainError {
  return new DomainError('RequestValidationError', 'invalid', 'The request is not valid', {
    issues,
  });
}

/** A broken business rule at one place of the body. */
export function bodyIssue(path: (string | number)[], message: string, input?: unknown): Issue {
  return { in: 'body', path, type: 'value_error', message, input, rule: 'business' };
}

/** The answer for anything that does not exist for this caller. */
export function notFound(what = 'Not found', entity?: { type: string; id: string }): DomainError {
  return new DomainError('ResourceNotFound', 'not_found', what, {
    ...(entity && { members: { entity_type: entity.type, entity_id: entity.id } }),
  });
}

/** The answer for a customer that became part of another, whose id goes along. */
export function movedTo(id: string): DomainError {
  return new DomainError('ResourceNotFound', 'not_found', 'Not found', {
    members: { merged_into: id },
  });
}
