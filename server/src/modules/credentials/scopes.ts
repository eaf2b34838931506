import { bodyIssue, invalid } from '../../kernel/errors.ts';
import { allScopes, type CredentialKind, scopesOf } from './credential.ts';

/**
 * The scopes a new credential gets; `["*"]` means all of its surface (README decision 25).
 * Errors: 422 for none, unknown ones, or ones its kind cannot hold.
 */
export function checkScopes(kind: CredentialKind, scopes: string[]): string[] {
  if (scopes.length === 0) {
    throw invalid([bodyIssue(['scopes'], 'A credential names at least one scope', scopes)]);
  }
  if (scopes.includes('*')) {
    if (scopes.length > 1) {
      throw invalid([bodyIssue(['scopes'], '"*" stands alone: it means all scopes', scopes)]);
    }
    return scopesOf(kind);
  }
  const known = new Set(scopesOf(kind));
  const issues = scopes.flatMap((scope, i) =>
    known.has(scope)
      ? []
      : [
          bodyIssue(
            ['scopes', i],
            allScopes.has(scope)
              ? `This kind of credential cannot hold ${scope}`
              : 'There is no such scope',
            scope,
          ),
        ],
  );
  if (issues.length > 0) throw invalid(issues);
  return [...new Set(scopes)];
}
