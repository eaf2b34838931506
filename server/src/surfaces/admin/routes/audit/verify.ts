import { auditVerify } from '@clientele/contracts/admin/operations/upkeep.ts';
import { route } from '../../../../http/route.ts';
import { verifyAudit } from '../../../../modules/audit/index.ts';

export const get = route(auditVerify, {
  run: (app, caller) => verifyAudit(app, caller),
  answer: ({ rows, broken }) => ({ body: { ok: broken.length === 0, rows, broken } }),
});
