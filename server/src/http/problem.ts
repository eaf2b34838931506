import { STATUS_CODES } from 'node:http';
import type { Answer } from '../kernel/answer.ts';
import type { DomainError, ErrorKind, Issue } from '../kernel/errors.ts';

/** Status and code of each kind of failure (billing.md C1). */
const byKind: Record<ErrorKind, [status: number, code: string]> = {
  invalid: [400, 'VALIDATION_ERROR'],
  rule: [422, 'BUSINESS_RULE_VIOLATION'],
  unauthenticated: [401, 'UNAUTHORIZED'],
  forbidden: [403, 'FORBIDDEN'],
  not_found: [404, 'NOT_FOUND'],
  conflict: [409, 'CONFLICT'],
  gone: [410, 'GONE'],
  precondition: [412, 'VERSION_CONFLICT'],
  limited: [429, 'RATE_LIMITED'],
  too_large: [413, 'PAYLOAD_TOO_LARGE'],
  unsupported: [415, 'UNSUPPORTED_MEDIA_TYPE'],
  bad_request: [400, 'INVALID_REQUEST'],
  no_route: [404, 'NOT_FOUND'],
  no_method: [405, 'METHOD_NOT_ALLOWED'],
  internal: [500, 'INTERNAL_ERROR'],
  bad_gateway: [502, 'BAD_GATEWAY'],
  unavailable: [503, 'SERVICE_UNAVAILABLE'],
};

/** A code that the domain chose for this API itself. */
const OWN_CODE = /^[A-Z][A-Z_]+$/;

const field = ({ path, type, message }: Issue) => ({
  field: path.join('.'),
  code: type.toUpperCase(),
  message,
});

/** Broken rules are told apart from malformed input, and clashes from both. */
function statusOf(error: DomainError): [status: number, code: string] {
  const [status, code] = byKind[error.kind];
  const own = OWN_CODE.test(error.code) ? error.code : code;
  if (error.kind !== 'invalid') return [status, own];
  if (error.issues.some((i) => i.rule === undefined)) return [status, code];
  if (error.issues.some((i) => i.rule === 'conflict')) return byKind.conflict;
  return byKind.rule;
}

/** Writes an error as problem details (RFC 9457, billing.md C1 "Error envelope"). */
export function refuseWithProblem(
  error: DomainError,
  request: { id: string; url: string },
): Answer {
  const [status, code] = statusOf(error);
  const fields = error.issues.map(field);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="clientele"' } : {}),
    },
    body: JSON.stringify({
      type: `urn:clientele:error:${code.toLowerCase().replaceAll('_', '-')}`,
      title: STATUS_CODES[status],
      status,
      detail: error.message,
      instance: request.url.split('?')[0],
      code,
      request_id: request.id,
      ...(fields.length > 0 ? { fields } : {}),
      ...error.members,
    }),
  };
}
