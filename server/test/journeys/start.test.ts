import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { call } from '../kit/call.ts';
import { asOwner, engine, openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startProcess } from '../kit/process.ts';

// First boots take seconds, and more on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const folders: string[] = [];
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'clientele-start-')));
  return folders.at(-1) as string;
}
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** What a program that must not serve says before it ends with 1. */
async function refusal(env: Record<string, string>): Promise<string> {
  const program = await startProcess({ CLIENTELE_DATA_DIR: folder(), ...env });
  expect(await program.exited).toBe(1);
  return program.output();
}

it('lists every bad value of its configuration at once', async () => {
  const said = await refusal({
    PORT: 'eighty',
    DATABASE_URL: 'mysql://x',
    CLIENTELE_RATE_LIMIT: '-1',
    CLIENTELE_PUBLIC_URL: 'nowhere',
    CLIENTELE_SECRET: 'short',
    CLIENTELE_DURABILITY: 'perhaps',
    VIES_URL: 'ftp://vies.example',
    VIES_REQUESTER: 'GB980780684',
  });
  for (const name of [
    'PORT',
    'DATABASE_URL',
    'CLIENTELE_RATE_LIMIT',
    'CLIENTELE_PUBLIC_URL',
    'CLIENTELE_SECRET',
    'CLIENTELE_DURABILITY',
    'VIES_URL',
    'VIES_REQUESTER',
  ]) {
    expect(said).toContain(name);
  }
});

if (engine === 'pglite') {
  describe('on the embedded database', () => {
    it('prints a root token once, which works, and keeps its secret to itself', async () => {
      const dir = folder();
      const env = { CLIENTELE_DATA_DIR: dir, CLIENTELE_ROOT_TOKEN: '' };
      const first = await startProcess(env);
      await first.ready();
      const token = await until(() => /clientele_root_[\w-]+/.exec(first.output())?.[0]);
      const body = { name: 'Acme', slug: 'acme' };
      expect((await call(first.url, 'POST', '/admin/v1/workspaces', { token, body })).status).toBe(
        201,
      );
      expect(statSync(join(dir, 'secret')).mode & 0o777).toBe(0o600);
      expect(await first.stop()).toBe(0);

      const second = await startProcess(env);
      await second.ready();
      const list = await call(second.url, 'GET', '/admin/v1/workspaces', { token });
      expect(list.body.data.map((w: { slug: string }) => w.slug)).toEqual(['acme']);
      expect(await second.stop()).toBe(0);
      expect(second.output()).not.toContain('clientele_root_');
    });

    it('refuses a second process on the same directory and names the first', async () => {
      const dir = folder();
      const first = await startProcess({ CLIENTELE_DATA_DIR: dir });
      await first.ready();
      expect(await refusal({ CLIENTELE_DATA_DIR: dir })).toContain(String(first.pid));
      expect(await first.stop()).toBe(0);
    });
  });
}

/** Waits for a value that appears soon. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

if (engine === 'postgres') {
  describe('on PostgreSQL', () => {
    let database: TestDatabase;
    const secret = { CLIENTELE_SECRET: 'a-secret-for-starting-up' };
    const roles = { owner: 'clientele_start_owner', bypass: 'clientele_start_bypass' };

    beforeAll(async () => {
      database = await openTestDatabase();
      await database.owner(`
        do $$ begin create role ${roles.bypass} login bypassrls password 'x';
        exception when duplicate_object then null; end $$;
        do $$ begin create role ${roles.owner} login password 'x';
        exception when duplicate_object then null; end $$;
        grant usage on schema clientele to ${roles.owner};
        alter table clientele.meters owner to ${roles.owner}`);
    });
    afterAll(async () => {
      await database.close();
      await asOwner('postgres', async (client) => {
        for (const role of Object.values(roles)) await client.query(`drop role if exists ${role}`);
      });
    });

    const as = (role: string) => {
      const url = new URL(database.urls?.service as string);
      url.username = role;
      url.password = 'x';
      return url.href;
    };

    it('refuses to serve as a superuser, with the reason', async () => {
      const said = await refusal({ ...secret, DATABASE_URL: database.urls?.admin as string });
      expect(said).toMatch(/superuser/);
    });

    it('refuses to serve as a role with BYPASSRLS, with the reason', async () => {
      expect(await refusal({ ...secret, DATABASE_URL: as(roles.bypass) })).toMatch(/BYPASSRLS/);
    });

    it('refuses to serve as an owner of tables, with the reason', async () => {
      expect(await refusal({ ...secret, DATABASE_URL: as(roles.owner) })).toMatch(
        /owns the tables/,
      );
    });

    it('refuses a database that was never migrated and says how to', async () => {
      const name = `clientele_test_${process.pid}_empty`;
      await asOwner('postgres', (client) => client.query(`create database ${name}`));
      const url = new URL(database.urls?.service as string);
      url.pathname = `/${name}`;
      const said = await refusal({ ...secret, DATABASE_URL: url.href });
      expect(said).toMatch(/not migrated.*DATABASE_ADMIN_URL.*npm start/s);
      await asOwner('postgres', (client) => client.query(`drop database ${name}`));
    });

    it('creates the serving role and migrates when it is given the owner, then serves', async () => {
      const name = `clientele_test_${process.pid}_fresh`;
      await asOwner('postgres', (client) => client.query(`create database ${name}`));
      const admin = new URL(database.urls?.admin as string);
      admin.pathname = `/${name}`;
      const service = new URL(admin);
      service.username = 'clientele_start_fresh';
      service.password = 'p@ss word';
      const program = await startProcess({
        ...secret,
        DATABASE_URL: service.href,
        DATABASE_ADMIN_URL: admin.href,
        CLIENTELE_DATA_DIR: folder(),
      });
      await program.ready();
      expect(await program.stop()).toBe(0);
      await asOwner('postgres', async (client) => {
        await client.query(`drop database ${name} (force)`);
        await client.query('drop role clientele_start_fresh');
      });
    });

    it('refuses to migrate backwards over a newer schema', async () => {
      await database.owner(
        `insert into schema_migrations (version, checksum) values ('9999_later', 'x')`,
      );
      const said = await refusal({
        ...secret,
        DATABASE_URL: database.urls?.service as string,
        DATABASE_ADMIN_URL: database.urls?.admin as string,
      });
      expect(said).toMatch(/newer program.*9999_later/s);
    });

    it('refuses to start without a secret', async () => {
      expect(await refusal({ DATABASE_URL: database.urls?.service as string })).toMatch(
        /CLIENTELE_SECRET is required/,
      );
    });
  });
}
