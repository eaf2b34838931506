import type { ClientBase } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleMatrix } from '../../src/db/matrix.ts';
import { SERVING_ROLES } from '../../src/db/migrate.ts';
import { startProgram, type TestProgram } from '../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
  const ws = await program.workspace();
  await ws.api('POST', '/api/customers/', { email: 'ann@example.com', name: 'Ann' });
  await program.database.owner('analyze');
});
afterAll(() => program.close());

/**
 * Tries, as each role, to select, insert, update, delete and truncate each table, column by column
 * where a privilege can be had by column, and returns what was not denied. A statement that fails
 * for any other reason than a missing right was allowed; all of them are rolled back.
 */
const TRY_EVERYTHING = `
create function pg_temp.try_everything(roles text[]) returns setof text language plpgsql as $$
declare
  r text;
  t record;
  attempt record;
begin
  foreach r in array roles loop
    for t in select c.oid, c.relname::text as name from pg_class c
             where c.relnamespace = 'clientele'::regnamespace and c.relkind in ('r', 'p') loop
      for attempt in
        select 'delete' as verb, '' as col, format('delete from clientele.%I where false', t.name) as q
        union all select 'truncate', '', format('truncate clientele.%I', t.name)
        union all select v.verb, a.attname, format(v.q, t.name, a.attname)
        from pg_attribute a, (values
          ('select', 'select %2$I from clientele.%1$I limit 0'),
          ('insert', 'insert into clientele.%1$I (%2$I) select null where false'),
          ('update', 'update clientele.%1$I set %2$I = default where false')) as v(verb, q)
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
          and not (v.verb = 'insert' and (a.attgenerated <> '' or a.attidentity = 'a'))
      loop
        begin
          execute format('set local role %I', r);
          execute case when attempt.verb = 'insert'
            then replace(attempt.q, 'select null', 'overriding system value select null::'
              || (select format_type(atttypid, atttypmod) from pg_attribute
                  where attrelid = t.oid and attname = attempt.col))
            else attempt.q end;
          raise exception 'allowed' using errcode = 'CL000';
        exception
          when insufficient_privilege then null;
          when others then
            return next r || ' ' || attempt.verb || ' ' || t.name
              || case attempt.col when '' then '' else '.' || attempt.col end;
        end;
      end loop;
    end loop;
  end loop;
end $$;`;

describe('the matrix of roles and tables', () => {
  it('is what each role can really do, and nothing more', async () => {
    const matrix = roleMatrix();
    const login = await loginRole();
    const roles = [...new Set(matrix.map((m) => m.role)), login];
    const columns = await program.database.owner<{ t: string; c: string; writable: boolean }>(
      `select c.relname::text as t, a.attname::text as c,
         a.attgenerated = '' and a.attidentity <> 'a' as writable
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'clientele'::regnamespace and c.relkind in ('r', 'p')
         and not a.attisdropped`,
    );
    const rows = [
      ...matrix,
      ...[...SERVING_ROLES, login].map((role) => ({
        role,
        relation: 'schema_migrations',
        privileges: ['select'],
      })),
    ];
    const wanted = rows.flatMap(({ role, relation, privileges }) =>
      privileges.flatMap((privilege) => {
        const [, verb = '', , only] = /^(\w+)( \((.+)\))?$/.exec(privilege) ?? [];
        if (verb === 'delete') return [`${role} delete ${relation}`];
        return columns
          .filter(
            (c) => c.t === relation && (only === undefined || only.split(/, */).includes(c.c)),
          )
          .filter((c) => verb !== 'insert' || c.writable)
          .map((c) => `${role} ${verb} ${c.t}.${c.c}`);
      }),
    );
    await program.database.owner(TRY_EVERYTHING.replace('pg_temp.', 'public.'));
    const found = await program.database.owner<{ done: string }>(
      'select public.try_everything($1) as done',
      [roles],
    );
    await program.database.owner('drop function public.try_everything(text[])');
    expect(found.map((f) => f.done).sort()).toEqual(wanted.sort());
  });

  it('lets nobody who serves change or remove a row of the audit trail', async () => {
    const allowed: string[] = [];
    for (const role of SERVING_ROLES) {
      for (const attempt of [
        `update audit_log set actor_name = 'x'`,
        'delete from audit_log',
        'truncate audit_log',
        `update audit_seals set row_hash = '\\x00'`,
        'delete from audit_seals',
        'truncate audit_seals',
        `update audit_personal set after = '{}'`,
      ]) {
        const reason = await asServing(role, attempt);
        if (reason !== '42501') allowed.push(`${role}: ${attempt}: ${reason}`);
      }
    }
    expect(allowed).toEqual([]);
  });
});

/** Runs a body on a connection of the program's own, in a transaction that is rolled back. */
async function onService<T>(body: (client: ClientBase) => Promise<T>): Promise<T> {
  const { client, release } = await program.database.driver.hold('transaction');
  await client.query('begin');
  try {
    return await body(client);
  } finally {
    await client.query('rollback');
    release();
  }
}

async function loginRole(): Promise<string> {
  return onService(
    async (client) => (await client.query('select session_user')).rows[0].session_user,
  );
}

/** Why a statement of the service failed in a role, by its SQLSTATE; `allowed` if it did not. */
async function asServing(role: string, sql: string): Promise<string> {
  return onService(async (client) => {
    await client.query(`set local role ${role}`);
    return client.query(sql).then(
      () => 'allowed',
      (error) => error.code,
    );
  });
}

describe.each(SERVING_ROLES)('a connection that serves as %s', (role) => {
  it.each([
    'create table clientele.extra (id int)',
    'create table public.extra (id int)',
    'create function clientele.extra() returns int language sql as $$ select 1 $$',
    'create function public.lower(uuid) returns text language sql as $$ select null $$',
    'create view clientele.extra as select 1 as one',
    'create schema extra',
    'create extension dblink',
    'create role extra',
    'alter table customers disable row level security',
    'alter table customers no force row level security',
    'alter table customers add column extra int',
    'alter table customers owner to clientele_app',
    'drop table customers',
    'drop policy customers_app on customers',
    'create policy extra on customers using (true)',
    'create index extra on customers (id)',
    'create trigger extra before insert on customers for each row execute function suppress_redundant_updates_trigger()',
    'create rule extra as on delete to customers do instead nothing',
    `alter role ${role} bypassrls`,
    `alter role ${role} superuser`,
    'grant clientele_janitor to clientele_app',
    `comment on table customers is 'mine'`,
    `copy (select 1) to program 'cat'`,
    `copy (select 1) to '/tmp/clientele-extra'`,
    `copy customer_counts from program 'echo'`,
    `copy customer_counts from '/etc/hosts'`,
    `select pg_read_file('/etc/hosts')`,
    `select pg_ls_dir('.')`,
    `select lo_import('/etc/hosts')`,
    'select rolpassword from pg_authid',
    'select * from pg_statistic',
    'select * from pg_statistic_ext_data',
    'set role clientele_janitor',
    'set role clientele_search',
    'set session authorization clientele_janitor',
    'set session_replication_role = replica',
    'select clientele.purge_workspace(gen_random_uuid())',
  ])('cannot %s', async (sql) => {
    // The operator alone may remove a throw-away workspace.
    if (role === 'clientele_operator' && sql.includes('purge_workspace')) return;
    // A right that is missing; some commands check first that they would make sense.
    expect(['42501', '42704', '0A000']).toContain(await asServing(role, sql));
  });

  it.each(['create database extra', 'alter system set row_security = off'])(
    'cannot %s',
    async (sql) => {
      const { client, release } = await program.database.driver.hold('transaction');
      await client.query(`set role ${role}`);
      const failure = await client.query(sql).catch((error) => error.code);
      // The connection goes with the role that was set for all of it.
      release(true);
      expect(failure).toBe('42501');
    },
  );

  it('cannot pass its rights on', async () => {
    const grants = await onService(async (client) => {
      const read = `select relname, relacl::text from pg_class
        where relnamespace = 'clientele'::regnamespace order by 1`;
      const before = (await client.query(read)).rows;
      await client.query(`set local role ${role}`);
      for (const { relation } of roleMatrix().filter((m) => m.role === role)) {
        // Without any right to grant this is a warning; an error, where only columns are granted.
        await client.query('savepoint s');
        const failure = await client.query(`grant all on ${relation} to public`).then(
          () => undefined,
          (error) => error.code,
        );
        expect([undefined, '42501']).toContain(failure);
        await client.query('rollback to s');
      }
      return { before, after: (await client.query(read)).rows };
    });
    expect(grants.after).toEqual(grants.before);
  });

  it('learns nothing of values from the statistics of tables', async () => {
    const rows = await onService(async (client) => {
      await client.query(`set local role ${role}`);
      return (
        await client.query(
          `select tablename from pg_stats where schemaname = 'clientele'
             and tablename in (select c.relname from pg_class c join pg_attribute a
               on a.attrelid = c.oid and a.attname = 'workspace_id')`,
        )
      ).rows;
    });
    expect(rows).toEqual([]);
  });

  it('cannot switch row security off for itself', async () => {
    await onService(async (client) => {
      await client.query(`set local role ${role}`);
      await client.query('set local row_security = off');
      for (const { relation, rows } of roleMatrix().filter((m) => m.role === role)) {
        if (rows !== 'own') continue;
        await client.query('savepoint s');
        const failure = await client.query(`select 1 from ${relation}`).catch((e) => e.code);
        expect([relation, failure]).toEqual([relation, '42501']);
        await client.query('rollback to s');
      }
    });
  });
});

it('gives the login itself nothing but the roles it may become', async () => {
  await onService(async (client) => {
    await client.query('set local role none');
    const { rows } = await client.query(
      `select c.relname from pg_class c where c.relnamespace = 'clientele'::regnamespace
         and c.relkind in ('r', 'p', 'v', 'S') and c.relname <> 'schema_migrations'
         and (has_any_column_privilege(c.oid, 'select, insert, update, references')
              or has_table_privilege(c.oid, 'select, insert, update, delete, truncate, trigger'))`,
    );
    expect(rows).toEqual([]);
  });
});
