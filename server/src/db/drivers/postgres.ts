import { availableParallelism } from 'node:os';
import pg from 'pg';
import { sendBatch } from './batch.ts';
import type { Driver } from './driver.ts';

/** As many as there are cores: fewer connections let more requests share one write. */
const SHARED_CLIENTS = Math.max(2, Math.min(8, availableParallelism()));

/** Sizes and limits of the pools; times in milliseconds. */
const limits = {
  fastStatement: 5_000,
  slowStatement: 30_000,
  connect: 5_000,
};

/**
 * PostgreSQL over node-postgres. In: the connection string of the plain role that serves.
 * Short one-Sync batches share a few pipelined clients; transactions and slow reads have a pool;
 * streams (exports, imports) have their own, so they cannot starve requests.
 */
export function openPostgres(url: string): Driver {
  const session = {
    options: '-c role=clientele_app -c search_path=clientele,public -c TimeZone=UTC',
  };
  const base = {
    connectionString: url,
    ...session,
    connectionTimeoutMillis: limits.connect,
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...base, max: 12, statement_timeout: limits.slowStatement });
  const streams = new pg.Pool({ ...base, max: 4 });
  for (const p of [pool, streams]) {
    p.on('error', () => {});
    // A client that is lent out has no listener of the pool's: a connection the database ends would
    // otherwise end the process. Whoever holds it learns of it from the statement that fails.
    p.on('connect', (client) => client.on('error', () => {}));
  }

  const shared: (Promise<pg.Client> | undefined)[] = new Array(SHARED_CLIENTS).fill(undefined);
  let turn = 0;

  function sharedClient(): Promise<pg.Client> {
    turn = (turn + 1) % SHARED_CLIENTS;
    const slot = turn;
    const present = shared[slot];
    if (present !== undefined) return present;
    const client = new pg.Client({
      ...base,
      // All statements of one read see one moment, or what they say would not fit together.
      options: `${session.options} -c default_transaction_isolation=repeatable\\ read`,
      pipeline: true,
      statement_timeout: limits.fastStatement,
    } as pg.ClientConfig);
    const drop = () => {
      shared[slot] = undefined;
    };
    client.on('error', drop);
    client.on('end', drop);
    const opening = client.connect().then(() => client);
    opening.catch(drop);
    shared[slot] = opening;
    return opening;
  }

  return {
    engine: 'postgres',
    async batch(statements, lane) {
      if (lane === 'fast') return sendBatch(await sharedClient(), statements);
      const client = await pool.connect();
      try {
        return await sendBatch(client, statements);
      } finally {
        client.release();
      }
    },
    async hold(purpose) {
      const client = await (purpose === 'stream' ? streams : pool).connect();
      return { client, release: (broken) => client.release(broken ?? false) };
    },
    async close() {
      const open = await Promise.allSettled(shared.filter((c) => c !== undefined));
      await Promise.allSettled([
        ...open.map((o) => (o.status === 'fulfilled' ? o.value.end() : undefined)),
        pool.end(),
        streams.end(),
      ]);
    },
  };
}
