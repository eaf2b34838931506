import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Driver } from '../../src/db/drivers/driver.ts';
import { openEmbedded } from '../../src/db/drivers/pglite/index.ts';
import { openPostgres } from '../../src/db/drivers/postgres.ts';
import { schemaVersion } from '../../src/db/migrate.ts';
import { EMBEDDED_LOGIN, openEmbeddedDatabase, openServer } from '../../src/db/open.ts';

/** The engine this run of the suite is on. */
export const engine = (process.env.CLIENTELE_TEST_ENGINE ?? 'pglite') as 'pglite' | 'postgres';

/** The role that serves in tests on PostgreSQL. */
const SERVICE = { name: 'clientele_test_service', password: 'test-only' };

const dumpFile = fileURLToPath(
  new URL(
    `../../../node_modules/.cache/clientele/test-${schemaVersion().slice(0, 16)}.tar`,
    import.meta.url,
  ),
);
const template = `clientele_test_${schemaVersion().slice(0, 16)}`;

function adminUrl(database = 'postgres'): string {
  const url = process.env.CLIENTELE_TEST_DATABASE_URL;
  if (url === undefined) throw new Error('No PostgreSQL was found for the tests');
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

function serviceUrl(database: string): string {
  const url = new URL(adminUrl(database));
  url.username = SERVICE.name;
  url.password = SERVICE.password;
  return url.href;
}

/** Runs statements as the owner, outside every rule the service lives under. */
export async function asOwner<T>(
  database: string,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl(database) });
  await client.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

/** Makes the migrated database that every test file starts from, once per schema version. */
export async function prepareDatabases(on: 'pglite' | 'postgres'): Promise<void> {
  if (on === 'pglite') {
    if (existsSync(dumpFile)) return;
    mkdirSync(dirname(dumpFile), { recursive: true });
    const embedded = openEmbedded({ dir: null, user: EMBEDDED_LOGIN.name });
    const { driver, ready } = openEmbeddedDatabase(embedded);
    await ready;
    const draft = `${dumpFile}.${process.pid}`;
    await embedded.dump(draft);
    await driver.close();
    renameSync(draft, dumpFile);
    return;
  }
  await asOwner('postgres', async (client) => {
    const { rows } = await client.query(
      `select datname from pg_database where datname like 'clientele\\_test\\_%'`,
    );
    for (const { datname } of rows) {
      if (leftBehind(datname)) await client.query(`drop database if exists "${datname}" (force)`);
    }
    if (!rows.some((r) => r.datname === template))
      await client.query(`create database ${template}`);
  });
  const { driver, ready } = openServer(serviceUrl(template), adminUrl(template));
  await ready;
  await driver.close();
}

/** Whether a test database belongs to a run that is over; another run may be under way beside this. */
function leftBehind(name: string): boolean {
  const pid = /^clientele_test_(\d+)_/.exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}

/** A database of its own for one test file. */
export interface TestDatabase {
  driver: Driver;
  /** Runs SQL as the owner, past row security: to look, or to break things on purpose. */
  owner<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Connection strings, on PostgreSQL. */
  urls: { service: string; admin: string } | undefined;
  close(): Promise<void>;
}

/** Opens a fresh, migrated database on the engine of this run. */
export async function openTestDatabase(): Promise<TestDatabase> {
  if (engine === 'pglite') return openEmbeddedTest();
  const name = `clientele_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await asOwner('postgres', (client) =>
    client.query(`create database ${name} template ${template}`),
  );
  const driver = openPostgres(serviceUrl(name));
  return {
    driver,
    urls: { service: serviceUrl(name), admin: adminUrl(name) },
    owner: (sql, values) =>
      asOwner(name, async (client) => {
        await client.query('set search_path = clientele, public');
        return (await client.query(sql, values)).rows;
      }),
    async close() {
      await driver.close();
      await asOwner('postgres', (client) =>
        client.query(`drop database if exists ${name} (force)`),
      );
    },
  };
}

async function openEmbeddedTest(): Promise<TestDatabase> {
  const embedded = openEmbedded({
    dir: null,
    user: EMBEDDED_LOGIN.name,
    loadDataDir: dumpFile,
    durability: 'relaxed',
  });
  const { driver, ready } = openEmbeddedDatabase(embedded);
  await ready;
  return {
    driver,
    urls: undefined,
    owner: async (sql, values) => {
      // There is one session: the pool's client leaves it, and it becomes the superuser's.
      (await driver.hold('transaction')).release(true);
      await embedded.reopenAs('postgres');
      const client = new pg.Client({
        user: 'postgres',
        host: 'embedded',
        database: 'postgres',
        stream: () => embedded.stream(),
      } as pg.ClientConfig);
      try {
        await client.connect();
        await client.query('set search_path = clientele, public');
        return (await client.query(sql, values)).rows;
      } finally {
        await client.end().catch(() => {});
        await embedded.reopenAs(EMBEDDED_LOGIN.name);
      }
    },
    close: () => driver.close(),
  };
}
