/** One periodic piece of work: takes no arguments, and running it twice is the same as once. */
export interface Job {
  name: string;
  everyMs: number;
  run: () => Promise<unknown>;
}

/** What the loop reports of a failed run. */
export type JobFailed = (job: string, error: unknown) => void;

/** Runs jobs until `stop`; a run that is under way is waited for. */
export function startJobs(jobs: Job[], failed: JobFailed): { stop(): Promise<void> } {
  let stopping = false;
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  const plan = (job: Job) => {
    if (stopping) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = job
        .run()
        .then(
          () => {},
          (error) => failed(job.name, error),
        )
        .finally(() => {
          running.delete(run);
          plan(job);
        });
      running.add(run);
    }, job.everyMs);
    timer.unref();
    timers.add(timer);
  };
  for (const job of jobs) plan(job);
  return {
    async stop() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.allSettled(running);
    },
  };
}
