import { statement } from '../../db/drivers/statement.ts';
import type { Caller } from '../../kernel/caller.ts';
import { canonicalJson } from '../../kernel/canonical.ts';
import type { App } from '../app.ts';

/** One audit row with its personal side, as far as that still exists. */
export interface AuditRow {
  workspace_id: string;
  seq: number;
  at: string;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  surface: string;
  operation: string;
  request_id: string;
  entity: string;
  entity_id: string;
  customer_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  personal_fields: string[];
  personal_before: Record<string, unknown> | null;
  personal_after: Record<string, unknown> | null;
}

const page = statement(
  'audit.page',
  `select a.*, p.before as personal_before, p.after as personal_after
   from audit_log a left join audit_personal p on p.workspace_id = a.workspace_id and p.seq = a.seq
   where ($1::uuid is null or a.workspace_id = $1) and ($2::uuid is null or a.customer_id = $2)
     and ($3::int8 is null or a.seq < $3)
   order by a.seq desc limit $4`,
);

/** Audit rows, newest first. In: filters and how many; `before` is a row's `seq`. */
export async function listAudit(
  app: App,
  caller: Caller,
  request: { workspaceId?: string; customerId?: string; before?: number; limit: number },
): Promise<AuditRow[]> {
  const { rows } = await app.work(
    caller,
    (w) =>
      w.defer<AuditRow>(
        page(request.workspaceId, request.customerId, request.before, request.limit),
      ),
    { lane: 'slow' },
  );
  return rows;
}

const sealAll = statement(
  'audit.seal_all',
  `select coalesce(sum(clientele.seal_audit(w.workspace_id)), 0)::int8 as sealed
   from (select distinct workspace_id from audit_unsealed) w`,
);
const verify = statement('audit.verify', 'select * from clientele.verify_audit()');
const count = statement('audit.count', 'select count(*)::int8 as n from audit_log');
const personal = statement(
  'audit.personal',
  `select p.workspace_id, p.seq, p.before, p.after, a.personal_digest
   from audit_personal p join audit_log a on a.workspace_id = p.workspace_id and a.seq = p.seq
   where (p.workspace_id, p.seq) > ($1, $2) order by p.workspace_id, p.seq limit 2000`,
);

/** A row of the audit trail that does not hold. */
export interface AuditDamage {
  workspace_id: string;
  seq: number;
  problem: string;
}

/** Verifies the whole audit trail: rows, seals, chain, and the personal side against its digest. */
export async function verifyAudit(
  app: App,
  caller: Caller,
): Promise<{ rows: number; broken: AuditDamage[] }> {
  return app.work(
    caller,
    async (w) => {
      while (((await w.run<{ sealed: number }>(sealAll())).rows[0]?.sealed ?? 0) > 0);
      const { rows: broken } = await w.run<AuditDamage>(verify());
      let last = ['00000000-0000-0000-0000-000000000000', 0] as [string, number];
      for (;;) {
        const { rows } = await w.run<{
          workspace_id: string;
          seq: number;
          before: unknown;
          after: unknown;
          personal_digest: Buffer | null;
        }>(personal(...last));
        for (const row of rows) {
          const digest = app.keys.personalDigest(canonicalJson([row.before, row.after]));
          if (row.personal_digest === null || !digest.equals(row.personal_digest)) {
            broken.push({
              workspace_id: row.workspace_id,
              seq: row.seq,
              problem: 'the personal values were changed',
            });
          }
        }
        const end = rows.at(-1);
        if (end === undefined) break;
        last = [end.workspace_id, end.seq];
      }
      const total = (await w.run<{ n: number }>(count())).rows[0]?.n ?? 0;
      return { rows: total, broken };
    },
    { lane: 'slow' },
  );
}
