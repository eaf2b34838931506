import type { Caller } from '../kernel/caller.ts';
import { newId } from '../kernel/ids.ts';
import type { Keys } from '../kernel/secrets.ts';
import { type Statement, statement } from './drivers/statement.ts';

/** Work to be done later. Its handler is found by `kind` (jobs/handlers.ts). */
export interface NewJob {
  kind: string;
  payload: unknown;
  /** Whom it is about: erasing the customer drops the job. */
  customerId?: string | null;
  /** RFC 3339; as soon as possible, unless given. */
  runAt?: string;
}

/** A job whose turn has come, claimed by this process until `leased_until`. */
export interface ClaimedJob {
  workspace_id: string;
  id: string;
  kind: string;
  customer_id: string | null;
  payload: Buffer;
  attempts: number;
}

const insert = statement(
  'jobs.insert',
  `insert into jobs (workspace_id, id, kind, customer_id, payload, run_at)
   values ($1, $2, $3, $4, $5, coalesce($6::timestamptz, now()))`,
);

/** The statement that puts a job on the queue, in the workspace of the caller. */
export function enqueueStatement(keys: Keys, caller: Caller, job: NewJob): Statement {
  return insert(
    caller.workspaceId,
    newId(),
    job.kind,
    job.customerId ?? null,
    keys.seal(JSON.stringify(job.payload)),
    job.runAt ?? null,
  );
}

/**
 * Claims jobs that are due, oldest first. In: how many, for how long (s), kinds, and whether jobs of
 * these kinds are meant or all others. A process that dies leaves its claim to end by itself,
 * and whoever claims next counts one attempt more, which fences off the first.
 */
export const claimJobs = statement(
  'jobs.claim',
  `update jobs j set leased_until = now() + $2 * interval '1 second', attempts = j.attempts + 1
   from (select workspace_id, id from jobs
         where failed_at is null and run_at <= now()
           and (leased_until is null or leased_until < now())
           and (kind = any($3::text[])) = $4::boolean
         order by run_at limit $1 for update skip locked) due
   where j.workspace_id = due.workspace_id and j.id = due.id
   returning j.workspace_id, j.id, j.kind, j.customer_id, j.payload, j.attempts`,
);
/** Ends a job that was done. */
export const finishJob = statement(
  'jobs.finish',
  'delete from jobs where workspace_id = $1 and id = $2 and attempts = $3',
);
/** Plans the next try. */
export const postponeJob = statement(
  'jobs.postpone',
  `update jobs set leased_until = null, run_at = now() + $4 * interval '1 second', last_error = $5
   where workspace_id = $1 and id = $2 and attempts = $3`,
);
/** Gives a job up; it stays as a dead letter. */
export const buryJob = statement(
  'jobs.bury',
  `update jobs set leased_until = null, failed_at = now(), last_error = $4
   where workspace_id = $1 and id = $2 and attempts = $3`,
);
