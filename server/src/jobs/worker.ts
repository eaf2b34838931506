import { buryJob, type ClaimedJob, claimJobs, finishJob, postponeJob } from '../db/queue.ts';
import type { Caller } from '../kernel/caller.ts';
import { DomainError } from '../kernel/errors.ts';
import type { App } from '../modules/app.ts';
import { jobCaller } from './caller.ts';
import { handlers, slowKinds } from './handlers.ts';

const AT_ONCE = 10;
/** How long a claim lasts; longer than any handler may take. */
const LEASE_SECONDS = 120;
/** About three days of tries, each twice as long after the last, at most six hours apart. */
const MOST_ATTEMPTS = 20;
const LONGEST_PAUSE = 6 * 60 * 60;

/** Messages of other services may hold addresses, so only the name and code of a failure stay. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string | number };
  return [error instanceof DomainError ? error.code : name, code].filter(Boolean).join(' ');
}

async function perform(app: App, job: ClaimedJob): Promise<void> {
  const handler = handlers[job.kind];
  if (handler === undefined) throw new Error(`There is no job of the kind ${job.kind}`);
  const caller: Caller = {
    entry: { as: 'workspace' },
    workspaceId: job.workspace_id,
    actor: { kind: 'job', id: job.kind, name: job.kind },
    surface: 'jobs',
    operation: job.kind,
    requestId: `job ${job.id}`,
  };
  await handler(app, caller, JSON.parse(app.keys.open(job.payload)) as never);
}

async function run(app: App, job: ClaimedJob, failed: JobFailure): Promise<void> {
  const relay = jobCaller('jobs');
  const key = [job.workspace_id, job.id, job.attempts] as const;
  try {
    await perform(app, job);
    await app.work(relay, (w) => w.defer(finishJob(...key)));
  } catch (error) {
    failed(job.kind, error);
    const reason = reasonOf(error);
    const pause = Math.min(2 ** job.attempts, LONGEST_PAUSE);
    await app.work(relay, (w) =>
      w.defer(
        job.attempts >= MOST_ATTEMPTS
          ? buryJob(...key, reason)
          : postponeJob(...key, pause, reason),
      ),
    );
  }
}

type JobFailure = (kind: string, error: unknown) => void;

/**
 * Does the jobs that are due, and those they lead to, until none is. Several processes may do so at
 * once; a job whose process died is taken up again when its lease has ended. In: whether those of
 * slow kinds or the others. Out: how many were tried.
 */
export async function workOff(
  app: App,
  failed: JobFailure = () => {},
  slow = false,
): Promise<number> {
  let tried = 0;
  for (;;) {
    const { rows } = await app.work(jobCaller('jobs'), (w) =>
      w.defer<ClaimedJob>(claimJobs(AT_ONCE, LEASE_SECONDS, slowKinds, slow)),
    );
    tried += rows.length;
    await Promise.all(rows.map((job) => run(app, job, failed)));
    if (rows.length === 0) return tried;
  }
}
