import pg from 'pg';
import { sendBatch } from './batch.ts';
import type { Driver } from './driver.ts';
import type { Embedded } from './pglite/index.ts';

/**
 * The embedded engine behind the same client library: a pool of exactly one connection, since
 * PGlite has one session. Work waits its turn; a transaction holds the turn.
 */
export function openEmbeddedDriver(embedded: Embedded, user: string): Driver {
  const pool = new pg.Pool({
    user,
    host: 'embedded',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
    stream: () => embedded.stream(),
  } as pg.PoolConfig);
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
    // Should it fail, the connection is gone or may do nothing; either shows at the next statement.
    client.query('set role clientele_app; set search_path = clientele, public').catch(() => {});
  });
  return {
    engine: 'pglite',
    async batch(statements) {
      const client = await pool.connect();
      try {
        return await sendBatch(client, statements);
      } finally {
        client.release();
      }
    },
    async hold() {
      const client = await pool.connect();
      return { client, release: (broken) => client.release(broken ?? false) };
    },
    maintain: () => embedded.maintain(),
    async close() {
      await pool.end();
      await embedded.close();
    },
  };
}
