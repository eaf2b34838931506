import { admin } from '@clientele/contracts/admin/contract.ts';
import { bearerToken, invalidToken, unauthorized } from '../../http/bearer.ts';
import { malformedBody, refuseWithDetail } from '../../http/detail-errors.ts';
import type { Surface } from '../../http/surface.ts';
import { OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import { sameText } from '../../kernel/secrets.ts';

/** The installation's operator: one root token. */
export function adminSurface(rootToken: string): Surface {
  return {
    contract: admin,
    identify(headers) {
      const token = bearerToken(headers.authorization);
      if (token === undefined) return { kind: 'nobody' };
      if (!sameText(token, rootToken)) throw invalidToken();
      return { kind: 'root' };
    },
    authorize(_o, identity) {
      if (identity.kind !== 'root') throw unauthorized();
    },
    caller: (o, _identity, requestId) => ({
      entry: { as: 'operator' },
      workspaceId: OPERATOR_WORKSPACE,
      actor: { kind: 'root', id: 'root', name: 'root token' },
      surface: 'admin',
      operation: o.id,
      requestId,
    }),
    refuse: refuseWithDetail,
    malformed: malformedBody,
  };
}
