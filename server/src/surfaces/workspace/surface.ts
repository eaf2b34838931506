import { workspace } from '@clientele/contracts/workspace/contract.ts';
import { bearerToken, insufficientScope, invalidToken, unauthorized } from '../../http/bearer.ts';
import { malformedBody, refuseWithDetail } from '../../http/detail-errors.ts';
import type { Surface } from '../../http/surface.ts';
import type { App } from '../../modules/app.ts';
import { identifyCredential } from '../../modules/credentials/index.ts';

const OTHER_KINDS = /^clientele_(cst|mst|ak|sk|cs|root|pat)_/;

/** The company's own backend: bearer access tokens with scopes (workspace-and-portal.md §2). */
export function workspaceSurface(app: App): Surface {
  return {
    contract: workspace,
    async identify(headers) {
      const token = bearerToken(headers.authorization);
      if (token === undefined) return { kind: 'nobody' };
      const facts = await identifyCredential(app, 'access_token', token);
      if (facts !== undefined) return { ...facts, kind: 'credential' };
      // A credential of another surface is not wrong, it is not one for this surface (§2.2).
      if (OTHER_KINDS.test(token)) return { kind: 'nobody' };
      throw invalidToken();
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
        surface: 'workspace',
        operation: o.id,
        requestId,
      };
    },
    refuse: refuseWithDetail,
    malformed: malformedBody,
  };
}
