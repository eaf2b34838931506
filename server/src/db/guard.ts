import type pg from 'pg';
import { SERVING_ROLES, schemaVersion } from './migrate.ts';

/** Minor releases below these have a known flaw in row security (CVE-2023-2455, CVE-2025-8713). */
const FIRST_SOUND_MINOR = new Map([
  [13, 22],
  [14, 19],
  [15, 14],
  [16, 10],
  [17, 6],
]);

/** What start-up learned about the connection it was given. */
export interface GuardReport {
  /** Reasons not to serve; empty when it is safe. */
  refusals: string[];
  warnings: string[];
}

/**
 * Checks that the serving connection is a plain role on a migrated database. A superuser, an
 * owner or a BYPASSRLS role would see every workspace, so none of them may serve.
 */
export async function inspectConnection(client: pg.ClientBase): Promise<GuardReport> {
  const refusals: string[] = [];
  const warnings: string[] = [];
  const { rows } = await client.query(
    `select r.rolname, r.rolsuper, r.rolbypassrls,
            exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'clientele' and c.relkind = 'r'
                      and pg_has_role(r.oid, c.relowner, 'member')) as owns,
            current_setting('server_version_num')::int as version
     from pg_roles r where r.rolname = session_user`,
  );
  const me = rows[0];
  if (me.rolsuper) refusals.push(`The database role "${me.rolname}" is a superuser`);
  else if (me.rolbypassrls) refusals.push(`The database role "${me.rolname}" has BYPASSRLS`);
  else if (me.owns) refusals.push(`The database role "${me.rolname}" owns the tables`);
  if (refusals.length > 0) {
    refusals.push('Serve as a plain role: row security does not hold for this one');
    return { refusals, warnings };
  }
  const { rows: known } = await client.query(
    `select count(*) filter (where pg_has_role(session_user, oid, 'member'))::int as n
     from pg_roles where rolname = any($1)`,
    [SERVING_ROLES],
  );
  if (known[0].n < SERVING_ROLES.length) {
    refusals.push(
      `The database role "${me.rolname}" is not set up to serve: start once with DATABASE_ADMIN_URL set to the owner (npm start)`,
    );
  }
  const major = Math.floor(me.version / 10_000);
  if (major < 15) refusals.push(`PostgreSQL 15 or newer is needed, this is ${major}`);
  const sound = FIRST_SOUND_MINOR.get(major);
  if (sound !== undefined && me.version % 10_000 < sound) {
    warnings.push(
      `PostgreSQL ${major}.${me.version % 10_000} has known flaws in row security; update it`,
    );
  }
  const applied = await client
    .query(`select checksum from clientele.schema_migrations where version = 'schema'`)
    .then((r) => r.rows[0]?.checksum as string | undefined)
    .catch(() => undefined);
  if (applied === undefined) {
    refusals.push(
      'The database is not migrated: start once with DATABASE_ADMIN_URL set to its owner (npm start)',
    );
  } else if (applied !== schemaVersion()) {
    refusals.push(
      'The database has another schema version than this program: start once with ' +
        'DATABASE_ADMIN_URL set to its owner (npm start), or run the program that fits it',
    );
  }
  return { refusals, warnings };
}
