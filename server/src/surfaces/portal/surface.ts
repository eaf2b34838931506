import { portal } from '@clientele/contracts/portal/contract.ts';
import { bearerToken, invalidToken, notPermitted, unauthorized } from '../../http/bearer.ts';
import { malformedBody, refuseWithDetail } from '../../http/detail-errors.ts';
import type { Surface } from '../../http/surface.ts';
import { OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import type { App } from '../../modules/app.ts';
import { identifySession } from '../../modules/portal-sessions/index.ts';

const OTHER_KINDS = /^clientele_(oat|ak|sk|cs|root|pat)_/;

/** The customers themselves: portal sessions with a role (workspace-and-portal.md §2, §7). */
export function portalSurface(app: App): Surface {
  return {
    contract: portal,
    async identify(headers) {
      const token = bearerToken(headers.authorization);
      if (token === undefined) return { kind: 'nobody' };
      const facts = await identifySession(app, token);
      if (facts !== undefined) return { ...facts, kind: 'session' };
      // A credential of another surface is not wrong, it is not one for this surface (§2.2).
      if (OTHER_KINDS.test(token)) return { kind: 'nobody' };
      throw invalidToken();
    },
    authorize(o, identity) {
      if (o.access.by === 'nobody') return;
      if (identity.kind !== 'session') throw unauthorized();
      if (o.access.roles?.includes(identity.role)) return;
      throw identity.role === 'customer' ? unauthorized() : notPermitted();
    },
    caller(o, identity, requestId) {
      const common = { surface: 'portal', operation: o.id, requestId };
      if (identity.kind !== 'session' || o.access.by === 'nobody') {
        return {
          ...common,
          entry: { as: 'auth' },
          workspaceId: OPERATOR_WORKSPACE,
          actor: { kind: 'visitor', id: 'visitor', name: 'visitor' },
        };
      }
      const { id: sessionId, workspaceId, customerId, memberId, hash } = identity;
      const kind = memberId === null ? 'customer' : 'member';
      return {
        ...common,
        entry: { as: 'session', hash },
        workspaceId,
        actor: { kind, id: memberId ?? customerId, name: kind },
        portal: { sessionId, customerId, memberId },
      };
    },
    refuse: refuseWithDetail,
    malformed: malformedBody,
  };
}
