import { billing } from '@clientele/contracts/billing/contract.ts';
import { bearerToken, insufficientScope, invalidToken, unauthorized } from '../../http/bearer.ts';
import { refuseWithProblem } from '../../http/problem.ts';
import type { Surface } from '../../http/surface.ts';
import type { App } from '../../modules/app.ts';
import { identifyCredential } from '../../modules/credentials/index.ts';

/** Finance and billing jobs: secret keys with scopes (billing.md C1). */
export function billingSurface(app: App): Surface {
  return {
    contract: billing,
    async identify(headers) {
      const token = bearerToken(headers.authorization);
      if (token === undefined) return { kind: 'nobody' };
      const facts = await identifyCredential(app, 'secret_key', token);
      if (facts === undefined) throw invalidToken();
      return { ...facts, kind: 'credential' };
    },
    authorize(o, identity) {
      if (identity.kind !== 'credential') throw unauthorized();
      const scopes = o.access.scopes ?? [];
      if (!scopes.some((s) => identity.scopes.has(s))) throw insufficientScope(scopes);
    },
    caller(o, identity, requestId) {
      if (identity.kind !== 'credential') throw unauthorized();
      return {
        entry: { as: 'credential', hash: identity.hash },
        workspaceId: identity.workspaceId,
        actor: { kind: 'credential', id: identity.id, name: identity.name },
        surface: 'billing',
        operation: o.id,
        requestId,
      };
    },
    refuse: refuseWithProblem,
    malformed: (offset, reason) => [
      {
        in: 'body',
        path: [],
        type: 'json_invalid',
        message: `The body is not valid JSON at ${offset}: ${reason}`,
      },
    ],
  };
}
