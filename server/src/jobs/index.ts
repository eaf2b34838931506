import { statement } from '../db/drivers/statement.ts';
import type { App } from '../modules/app.ts';
import { writeLastUses } from '../modules/credentials/index.ts';
import { expireFileShares } from '../modules/file-sharing/index.ts';
import { reconcilePayments } from '../modules/payment-methods/index.ts';
import { recheckVat } from '../modules/vat/index.ts';
import { expireMoney } from '../modules/wallets/index.ts';
import { jobCaller } from './caller.ts';
import type { Job, JobFailed } from './loop.ts';
import { workOff } from './worker.ts';

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
// Kept for a day after their end, so that an ended session is still told from an unknown one.
const forgetSessions = statement(
  'jobs.forget_sessions',
  `with codes as (delete from one_time_tokens where expires_at < now() - interval '1 day'),
     tries as (delete from attempt_counters where window_ends < now() - interval '1 day')
   delete from portal_sessions where expires_at < now() - interval '1 day'`,
);

/** Every periodic job of a process. */
export function allJobs(
  app: App,
  failed: JobFailed = () => {},
  maintain?: () => Promise<void>,
): Job[] {
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
    as('queue', 250, () => workOff(app, failed)),
    as('expire_file_shares', 5_000, () => expireFileShares(app, jobCaller('expire_file_shares'))),
    as('reconcile_payments', 30_000, () => reconcilePayments(app, jobCaller('reconcile_payments'))),
    as('slow_queue', 500, () => workOff(app, failed, true)),
    as('recheck_vat', 60_000, () => recheckVat(app, jobCaller('recheck_vat'))),
    as('expire_money', 5_000, () => expireMoney(app, jobCaller('expire_money'))),
    as('forget_sessions', 600_000, work('forget_sessions', forgetSessions)),
    as('forget_idempotency_keys', 600_000, work('forget_idempotency_keys', forgetKeys)),
    ...(maintain === undefined ? [] : [as('maintain', 60_000, maintain)]),
    as('write_last_uses', 5_000, () => writeLastUses(app, jobCaller('write_last_uses'))),
  ];
}
