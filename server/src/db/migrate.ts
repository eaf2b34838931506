import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { DatabaseRefused } from './refused.ts';

const here = (path: string) => new URL(path, import.meta.url);
const read = (path: string) => readFileSync(here(path), 'utf8');

/** Tables in the order in which a fresh schema creates them. */
export const TABLES = [
  'workspaces',
  'credentials',
  'customers',
  'members',
  'customer_counts',
  'audit_log',
  'audit_personal',
  'audit_seals',
  'audit_unsealed',
  'outbox',
  'events',
  'idempotency_keys',
  'mails',
  'meters',
  'usage_events',
  'meter_credits',
  'installation',
  'portal_sessions',
  'one_time_tokens',
  'attempt_counters',
  'jobs',
  'shares',
  'share_prices',
  'share_medias',
  'file_share_sessions',
  'file_share_downloads',
  'file_share_payments',
  'payment_customers',
  'payment_methods',
  'payment_intents',
  'provider_events',
  'sandbox_objects',
  'linked_accounts',
  'workspace_settings',
  'customer_tags',
  'wallets',
  'ledger_entries',
  'ledger_notes',
  'wallet_holds',
  'vat_validations',
  'vat_validation_personal',
  'wallet_topups',
  'customer_records',
  'merges',
  'merge_moves',
] as const;

/** Roles a serving login may become inside a transaction. */
export const SERVING_ROLES: readonly string[] = [
  'clientele_app',
  'clientele_portal',
  'clientele_auth',
  'clientele_relay',
  'clientele_operator',
];

const sqlFiles = (folder: string) =>
  readdirSync(here(folder))
    .filter((name) => name.endsWith('.sql'))
    .sort();

interface Migration {
  version: string;
  sql: string;
  checksum: string;
}

const checksum = (sql: string) => createHash('sha256').update(sql).digest('hex');

function migrations(): Migration[] {
  return sqlFiles('./migrations/').map((name) => {
    const sql = read(`./migrations/${name}`);
    return { version: name.replace(/\.sql$/, ''), sql, checksum: checksum(sql) };
  });
}

/** Functions, triggers, grants and policies: written whole each time one of them changed. */
function repeatable(): Migration {
  const sql = [
    ...sqlFiles('./functions/').map((name) => read(`./functions/${name}`)),
    read('./policies/roles.sql'),
    read('./policies/matrix.sql'),
    read('./policies/each-table.sql'),
  ].join('\n');
  return { version: 'functions-and-policies', sql, checksum: checksum(sql) };
}

/** The schema version this program needs: changes when any migration or policy does. */
export function schemaVersion(): string {
  return checksum([...migrations(), repeatable()].map((m) => m.version + m.checksum).join('\n'));
}

/** Statements of a fresh schema from tables/, as the schema law compares it with the migrated one. */
export function freshSchema(): string {
  return TABLES.map((t) => read(`./tables/${t}.sql`)).join('\n');
}

const quoted = pg.escapeIdentifier;

/** Creates the plain login role that serves, and lets it become the roles of the matrix. */
async function prepareLogin(client: pg.ClientBase, login: Login): Promise<void> {
  const role = quoted(login.name);
  const known = await client.query('select 1 from pg_roles where rolname = $1', [login.name]);
  if (known.rowCount === 0) {
    const password =
      login.password === undefined ? '' : ` password ${pg.escapeLiteral(login.password)}`;
    await client.query(`create role ${role} login noinherit${password}`);
  }
  await client.query(`grant ${SERVING_ROLES.join(', ')} to ${role}`);
  await client.query(`grant usage on schema clientele to ${role}`);
}

/** The login role that serves. */
export interface Login {
  name: string;
  password?: string;
}

/**
 * Brings the schema up to date as the database's owner. Each migration is one transaction with
 * its own record, so a kill at any moment leaves a state from which the next run goes on.
 * In: a connected owner. Errors: a migration that was applied with another text (never edited).
 */
export async function migrate(client: pg.ClientBase, login: Login): Promise<void> {
  await client.query('select pg_advisory_lock(741205611)');
  try {
    await client.query('create schema if not exists clientele');
    await client.query('set search_path = clientele, public');
    await client.query('create extension if not exists pg_trgm with schema public');
    await client.query('create extension if not exists btree_gin with schema public');
    await client.query(
      `create table if not exists clientele.schema_migrations (
         version text primary key, checksum text not null, applied_at timestamptz(3) not null default now())`,
    );
    const applied = new Map<string, string>();
    const { rows } = await client.query(
      'select version, checksum from clientele.schema_migrations',
    );
    for (const row of rows) applied.set(row.version, row.checksum);

    const known = migrations();
    const newer = [...applied.keys()].find(
      (v) => /^\d/.test(v) && !known.some((m) => m.version === v),
    );
    if (newer !== undefined) {
      throw new DatabaseRefused([
        `The database was migrated by a newer program (it has ${newer}); run that one`,
      ]);
    }
    for (const m of known) {
      const before = applied.get(m.version);
      if (before === m.checksum) continue;
      if (before !== undefined) {
        throw new DatabaseRefused([`Migration ${m.version} was applied with another text`]);
      }
      await inTransaction(client, async () => {
        await client.query(m.sql);
        await note(client, m);
      });
    }
    const always = repeatable();
    const current = applied.get(always.version) === always.checksum;
    await despiteOthers(client, async () => {
      if (!current) {
        await client.query(always.sql);
        await note(client, always);
      }
      await prepareLogin(client, login);
      await note(client, { version: 'schema', sql: '', checksum: schemaVersion() });
      await client.query(
        `grant select on clientele.schema_migrations to ${SERVING_ROLES.join(', ')}`,
      );
      await client.query(`grant select on clientele.schema_migrations to ${quoted(login.name)}`);
    });
  } finally {
    await client.query('select pg_advisory_unlock(741205611)').catch(() => {});
  }
}

async function note(client: pg.ClientBase, m: Migration): Promise<void> {
  await client.query(
    `insert into clientele.schema_migrations (version, checksum) values ($1, $2)
     on conflict (version) do update set checksum = excluded.checksum, applied_at = now()`,
    [m.version, m.checksum],
  );
}

const MEETING = new Set(['XX000', '23505', '40P01']);
const MOST_MEETINGS = 20;

/** Roles belong to the cluster: granting them meets other databases that migrate just now. */
async function despiteOthers(client: pg.ClientBase, body: () => Promise<void>): Promise<void> {
  for (let meeting = 1; ; meeting += 1) {
    try {
      await inTransaction(client, body);
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (!MEETING.has(code ?? '') || meeting === MOST_MEETINGS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
    }
  }
}

async function inTransaction(client: pg.ClientBase, body: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await body();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}
