import pg from 'pg';
import type { Driver } from './drivers/driver.ts';
import { openEmbeddedDriver } from './drivers/embedded.ts';
import { EMBEDDED_USER, type Embedded } from './drivers/pglite/index.ts';
import { openPostgres } from './drivers/postgres.ts';
import { inspectConnection } from './guard.ts';
import { type Login, migrate } from './migrate.ts';
import { DatabaseRefused } from './refused.ts';

export { DatabaseRefused } from './refused.ts';

/** A database that is opening. */
export interface Database {
  /** Not to be used before `ready`. */
  driver: Driver;
  /** Migrated, guarded and ready, with what to warn of. Errors: `DatabaseRefused`. */
  ready: Promise<string[]>;
}

/** The plain role that serves on the embedded database. */
export const EMBEDDED_LOGIN: Login = { name: EMBEDDED_USER };

async function withClient<T>(
  config: pg.ClientConfig,
  what: string,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionTimeoutMillis: 5_000, ...config });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseRefused([`${what}: ${(error as Error).message}`]);
  }
  try {
    return await body(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function guard(config: pg.ClientConfig): Promise<string[]> {
  const report = await withClient(config, 'The database cannot be reached', inspectConnection);
  if (report.refusals.length > 0) throw new DatabaseRefused(report.refusals);
  return report.warnings;
}

/**
 * Opens PostgreSQL. With the owner's URL it first creates the serving role and migrates.
 * Errors: `DatabaseRefused` for a role that row security does not bind, or an unmigrated database.
 */
export function openServer(url: string, adminUrl: string | undefined): Database {
  return { driver: openPostgres(url), ready: prepareServer(url, adminUrl) };
}

async function prepareServer(url: string, adminUrl: string | undefined): Promise<string[]> {
  if (adminUrl !== undefined) {
    const { username, password } = new URL(url);
    const login: Login = {
      name: decodeURIComponent(username),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
    await withClient({ connectionString: adminUrl }, 'DATABASE_ADMIN_URL', (client) =>
      migrate(client, login),
    );
  }
  return guard({ connectionString: url });
}

/**
 * Opens the embedded database as its plain role; if its schema is not this program's, it is
 * first opened as its superuser and migrated.
 */
export function openEmbeddedDatabase(embedded: Embedded): Database {
  return {
    driver: openEmbeddedDriver(embedded, EMBEDDED_LOGIN.name),
    ready: prepareEmbedded(embedded),
  };
}

async function prepareEmbedded(embedded: Embedded): Promise<string[]> {
  const plain = (user: string): pg.ClientConfig =>
    ({
      user,
      host: 'embedded',
      database: 'postgres',
      stream: () => embedded.stream(),
    }) as pg.ClientConfig;
  const opened = await embedded.ready.then(
    () => true,
    (error: Error) => {
      if (error.name === 'NoSuchUser') return false;
      throw error;
    },
  );
  const serving = plain(EMBEDDED_LOGIN.name);
  // An unmigrated or older database is refused like any other, and is ours to bring up to date.
  const warnings = opened ? await guard(serving).catch(() => undefined) : undefined;
  if (warnings !== undefined) return warnings;
  await embedded.reopenAs('postgres');
  await withClient(plain('postgres'), 'The embedded database', (client) =>
    migrate(client, EMBEDDED_LOGIN),
  );
  await embedded.reopenAs(EMBEDDED_LOGIN.name);
  return guard(serving);
}
