import { statement } from '../db/drivers/statement.ts';
import type { App } from '../modules/app.ts';
import { writeLastUses } from '../modules/credentials/index.ts';
import { jobCaller } from './caller.ts';
import type { Job } from './loop.ts';

const sequence = statement(
  'jobs.sequence_events',
  `select clientele.sequence_events(w.workspace_id)
   from (select distinct workspace_id from outbox) w`,
);
const seal = statement(
  'jobs.seal_audit',
  `select clientele.seal_audit(w.workspace_id) as sealed
   from (select distinct workspace_id from audit_unsealed) w`,
);
const forgetKeys = statement(
  'jobs.forget_idempotency_keys',
  `delete from idempotency_keys where created_at < now() - interval '24 hours'`,
);

/** Every periodic job of a process. */
export function allJobs(app: App, maintain?: () => Promise<void>): Job[] {
  const as = (name: string, everyMs: number, run: () => Promise<unknown>): Job => ({
    name,
    everyMs,
    run,
  });
  const work = (name: string, make: typeof sequence) => () =>
    app.work(jobCaller(name), (w) => w.defer(make()), { lane: 'slow' });
  return [
    as('sequence_events', 1_000, work('sequence_events', sequence)),
    as('seal_audit', 1_000, work('seal_audit', seal)),
    as('forget_idempotency_keys', 600_000, work('forget_idempotency_keys', forgetKeys)),
    ...(maintain === undefined ? [] : [as('maintain', 60_000, maintain)]),
    as('write_last_uses', 5_000, () => writeLastUses(app, jobCaller('write_last_uses'))),
  ];
}
