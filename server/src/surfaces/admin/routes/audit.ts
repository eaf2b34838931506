import { auditList } from '@clientele/contracts/admin/operations/upkeep.ts';
import { route } from '../../../http/route.ts';
import { type AuditRow, listAudit } from '../../../modules/audit/index.ts';

const LARGEST = 1_000;

const joined = (open: Record<string, unknown> | null, personal: Record<string, unknown> | null) =>
  open === null ? null : { ...open, ...personal };

function auditWire(row: AuditRow) {
  const { workspace_id, seq, at, surface, operation, request_id, entity, entity_id } = row;
  return {
    workspace_id,
    seq,
    at,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    surface,
    operation,
    request_id,
    entity,
    entity_id,
    customer_id: row.customer_id,
    before: joined(row.before, row.personal_before),
    after: joined(row.after, row.personal_after),
    personal: row.personal_fields,
  };
}

export const get = route(auditList, {
  run: async (app, caller, { query }) => {
    const limit = Math.min(query.limit, LARGEST);
    const rows = await listAudit(app, caller, {
      limit,
      ...(query.customer_id === undefined ? {} : { customerId: query.customer_id }),
      ...(query.workspace_id === undefined ? {} : { workspaceId: query.workspace_id }),
      ...(query.before === undefined ? {} : { before: query.before }),
    });
    return { rows, next: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null };
  },
  answer: ({ rows, next }) => ({
    body: { data: rows.map(auditWire), meta: { next_before: next } },
  }),
});
