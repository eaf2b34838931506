import { STATUS_CODES } from 'node:http';
import type { Answer } from '../kernel/answer.ts';
import type { DomainError, ErrorKind, Issue } from '../kernel/errors.ts';

const statusOf: Record<ErrorKind, number> = {
  invalid: 422,
  rule: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  precondition: 412,
  limited: 429,
  too_large: 413,
  unsupported: 415,
  bad_request: 400,
  no_route: 404,
  no_method: 405,
  internal: 500,
  bad_gateway: 502,
  unavailable: 503,
};

const REALM = 'clientele';

function item(issue: Issue) {
  const { in: where, path, type, message, input, ctx } = issue;
  return {
    type,
    loc: [where, ...path],
    msg: message,
    input: input === undefined ? null : input,
    ...(ctx === undefined ? {} : { ctx }),
  };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** Writes an error in the `{error, detail}` shape (workspace-and-portal.md §3). */
export function refuseWithDetail(error: DomainError): Answer {
  const status = statusOf[error.kind];
  switch (error.kind) {
    case 'invalid':
      return json(status, {
        error: 'RequestValidationError',
        detail: error.issues.map(item),
      });
    case 'unauthenticated': {
      if (error.code !== 'invalid_token') {
        return json(
          status,
          { error: error.code, detail: error.message },
          // Only who comes without a credential is told how to bring one (§3.1, §3.2).
          error.code === 'Unauthorized' ? { 'www-authenticate': `Bearer realm="${REALM}"` } : {},
        );
      }
      const challenge = `Bearer realm="${REALM}", error="invalid_token", error_description="${error.message}"`;
      return json(
        status,
        { error: 'invalid_token', error_description: error.message },
        { 'www-authenticate': challenge },
      );
    }
    case 'forbidden': {
      if (error.code !== 'insufficient_scope') break;
      const challenge = `Bearer realm="${REALM}", scope="${error.message}", error="insufficient_scope", error_description="The token lacks a scope"`;
      return json(
        status,
        {
          error: 'insufficient_scope',
          error_description: `One of these scopes is needed: ${error.message}`,
        },
        { 'www-authenticate': challenge },
      );
    }
    case 'no_route':
    case 'no_method':
      return json(status, { detail: STATUS_CODES[status] });
    case 'internal':
      return {
        status,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: 'Internal Server Error',
      };
    default:
  }
  return json(status, { error: error.code, detail: error.message });
}

/** The issue of a body that is not JSON (§3.3, `json_invalid`). */
export function malformedBody(offset: number, reason: string): Issue[] {
  return [
    {
      in: 'body',
      path: [offset],
      type: 'json_invalid',
      message: `The body is not valid JSON: ${reason}`,
      input: {},
      ctx: { error: reason },
    },
  ];
}
