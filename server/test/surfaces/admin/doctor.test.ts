import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoleFacts } from '../../../src/modules/doctor/catalogue.store.ts';
import type { DoctorCheck } from '../../../src/modules/doctor/index.ts';
import { judgeRoles, matrixRoles } from '../../../src/modules/doctor/rules.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const owner = <T>(sql: string, values?: unknown[]) => program.database.owner<T>(sql, values);

/** The doctor's failed checks. */
async function complaints(): Promise<DoctorCheck[]> {
  const { status, body } = await program.root('GET', '/admin/v1/doctor');
  expect(status).toBe(200);
  const failed = body.checks.filter((c: DoctorCheck) => !c.ok);
  expect(body.ok).toBe(failed.length === 0);
  return failed;
}

describe('the doctor', () => {
  it('finds a sound installation sound, and says what it looked at', async () => {
    const { body } = await program.root('GET', '/admin/v1/doctor');
    expect(body.ok).toBe(true);
    expect(body.checks.map((c: DoctorCheck) => c.name)).toEqual([
      'roles',
      'tables',
      'functions',
      'views',
      'entry',
      'isolation',
      'audit',
    ]);
  });

  it('leaves nothing behind', async () => {
    const count = async () =>
      (
        await owner<Record<string, number>>(
          `select (select count(*)::int from workspaces) as workspaces,
             (select count(*)::int from audit_log) as audit,
             (select count(*)::int from audit_seals) as seals,
             (select count(*)::int from customers) as customers,
             (select count(*)::int from credentials) as credentials`,
        )
      )[0];
    await program.workspace();
    await program.root('GET', '/admin/v1/audit/verify');
    const before = await count();
    await complaints();
    expect(await count()).toEqual(before);
  });

  it('removes what a doctor that was killed left behind', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    await owner(
      `insert into workspaces (id, slug, name, ephemeral, created_at)
       values ($1, 'left', 'Left', true, now() - interval '1 hour')`,
      [id],
    );
    await complaints();
    expect(await owner('select 1 from workspaces where id = $1', [id])).toEqual([]);
  });

  it('works however few requests a credential may send', async () => {
    const limited = await startProgram({ rateLimit: 10 });
    try {
      const { body } = await limited.root('GET', '/admin/v1/doctor');
      expect(body.checks.filter((c: DoctorCheck) => !c.ok)).toEqual([]);
    } finally {
      await limited.close();
    }
  });

  it('sees whatever is not as the matrix says, all of it at once, and names the tables', async () => {
    const wrong = [
      {
        fault: 'alter table meters no force row level security',
        mend: 'alter table meters force row level security',
        says: 'meters: row security is not forced on its owner',
      },
      {
        fault: 'alter table mails disable row level security',
        mend: 'alter table mails enable row level security',
        says: 'mails: row security is off',
      },
      {
        fault: 'create policy more on members for select to clientele_app using (true)',
        mend: 'drop policy more on members',
        says: 'members: the policy more is not in the matrix',
      },
      {
        fault: 'alter policy customers_app on customers using (true)',
        mend: `alter policy customers_app on customers using
        (workspace_id = (select nullif(current_setting('clientele.workspace_id', true), '')::uuid))`,
        says: 'customers: the policy customers_app is not the one of the matrix',
      },
      {
        fault: 'grant update on audit_log to clientele_app',
        mend: 'revoke update on audit_log from clientele_app',
        says: 'audit_log: the grant clientele_app update is not in the matrix',
      },
      {
        fault: 'grant update (hash) on credentials to clientele_relay',
        mend: 'revoke update (hash) on credentials from clientele_relay',
        says: 'credentials: the grant clientele_relay update (hash) is not in the matrix',
      },
      {
        fault: 'create table spare (workspace_id uuid); grant select on spare to public',
        mend: 'drop table spare',
        says: 'spare: the grant public select is not in the matrix',
      },
      {
        fault: 'revoke select on events from clientele_app',
        mend: 'grant select on events to clientele_app',
        says: 'events: the grant clientele_app select is missing',
      },
      {
        fault: 'create view everybody as select * from customers',
        mend: 'drop view everybody',
        says: 'the view clientele.everybody shows rows with the rights of its owner',
      },
      {
        fault: `create function peep() returns bigint language sql security definer
        as 'select count(*) from clientele.customers'`,
        mend: 'drop function peep()',
        says: 'peep has no pinned search_path',
      },
      {
        fault: 'alter function find_credential(bytea) reset search_path',
        mend: `alter function find_credential(bytea) set search_path = ''`,
        says: 'find_credential has no pinned search_path',
      },
      {
        fault: 'grant execute on function purge_workspace(uuid) to clientele_app',
        mend: 'revoke execute on function purge_workspace(uuid) from clientele_app',
        says: 'clientele_app may call purge_workspace',
      },
      {
        fault: 'grant create on schema clientele to clientele_app',
        mend: 'revoke create on schema clientele from clientele_app',
        says: 'the role clientele_app can create in clientele',
      },
    ];
    await owner(wrong.map((w) => w.fault).join(';'));
    const said = await complaints();
    for (const { says } of wrong) expect(said.map((c) => c.detail)).toContain(says);
    for (const { detail, table } of said.filter((c) => c.name === 'tables')) {
      expect(table).toBe(detail.split(':')[0]);
    }
    await owner(wrong.map((w) => w.mend).join(';'));
    expect(await complaints()).toEqual([]);
  });

  it('sees a role that could do more than it should', () => {
    const sound: RoleFacts = {
      name: 'clientele_app',
      session: false,
      login: false,
      powers: [],
      member_of: [],
      inherits: [],
      owns: false,
      creates_in: [],
    };
    const all = matrixRoles().map((name) => ({ ...sound, name }));
    const service: RoleFacts = {
      ...sound,
      name: 'service',
      session: true,
      login: true,
      member_of: ['clientele_app', 'clientele_operator'],
    };
    expect(judgeRoles([service, ...all])).toEqual([]);
    const said = judgeRoles([
      {
        ...service,
        powers: ['superuser'],
        inherits: ['clientele_app'],
        member_of: ['clientele_janitor'],
        owns: true,
      },
      ...all.slice(1),
      { ...sound, name: 'clientele_auth', login: true, powers: ['BYPASSRLS'] },
    ]).map((p) => p.detail);
    expect(said).toEqual([
      'the role clientele_app is missing',
      'the role service has superuser',
      'the role service owns tables',
      'the role service is a member of clientele_janitor',
      'the serving role inherits from clientele_app',
      'the role clientele_auth has BYPASSRLS',
      'the role clientele_auth can log in',
    ]);
  });

  it('sees an audit row that was changed or removed, and names it', async () => {
    const ws = await program.workspace();
    const made = await ws.api('POST', '/api/customers/', { email: 'audit@example.com' });
    expect(made.status).toBe(201);
    expect(await complaints()).toEqual([]);
    const [row] = await owner<{ seq: string }>(
      `select seq from audit_log where workspace_id = $1 and entity = 'customer'`,
      [ws.id],
    );
    await owner(`update audit_log set actor_name = 'somebody' where seq = $1`, [row?.seq]);
    expect(await complaints()).toEqual([
      {
        name: 'audit',
        ok: false,
        detail: `row ${row?.seq} of workspace ${ws.id}: the row was changed`,
        table: 'audit_log',
      },
    ]);
    await owner('delete from audit_log where seq = $1', [row?.seq]);
    const [gone] = await complaints();
    expect(gone?.detail).toBe(`row ${row?.seq} of workspace ${ws.id}: the row is missing`);
  });
});
