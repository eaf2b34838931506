import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../kit/call.ts';
import { engine, openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startProcess, type TestProcess } from '../kit/process.ts';
import { ROOT_TOKEN } from '../kit/program.ts';
import { size } from '../kit/soak.ts';

let dataDir: string;
let database: TestDatabase | undefined;
let env: Record<string, string>;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'clientele-kill-'));
  env = { CLIENTELE_DATA_DIR: dataDir };
  if (engine === 'postgres') {
    database = await openTestDatabase();
    env.DATABASE_URL = database.urls?.service as string;
    env.CLIENTELE_SECRET = 'a-secret-that-outlives-kills';
  }
});
afterAll(async () => {
  await database?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What was acknowledged of one customer. */
interface Known {
  version: number;
  deleted: boolean;
  /** The write under way when the process was killed, which may have happened or not. */
  open: { version: number } | 'delete' | undefined;
}

class Writer {
  readonly known = new Map<string, Known>();
  readonly unanswered = new Map<string, unknown>();
  readonly #token: string;
  running = true;

  constructor(token: string) {
    this.#token = token;
  }

  async run(url: string): Promise<void> {
    const send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      call(url, method, path, { token: this.#token, body, headers });
    while (this.running) {
      try {
        const key = randomUUID();
        const body = { email: `${key}@kill.example`, name: 'v0' };
        this.unanswered.set(key, body);
        const made = await send('POST', '/api/customers/', body, { 'idempotency-key': key });
        if (made.status !== 201) continue;
        this.unanswered.delete(key);
        const known: Known = { version: 0, deleted: false, open: undefined };
        this.known.set(made.body.id, known);
        for (let version = 1; version <= 2 && this.running; version += 1) {
          known.open = { version };
          const path = `/api/customers/${made.body.id}`;
          const changed = await send('PATCH', path, { name: `v${version}` });
          if (changed.status === 200) known.version = version;
          known.open = undefined;
        }
        if (this.known.size % 5 === 0) {
          known.open = 'delete';
          const gone = await send('DELETE', `/api/customers/${made.body.id}`);
          if (gone.status === 204) known.deleted = true;
          known.open = undefined;
        }
      } catch {
        return; // the process is gone; what was under way stays noted as open
      }
    }
  }
}

async function check(url: string, token: string, writer: Writer): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, known] of writer.known) {
    const found = await call(url, 'GET', `/api/customers/${id}`, { token });
    const version = Number(found.body?.name?.slice(1));
    const mayBeGone = known.deleted || known.open === 'delete';
    if (found.status === 404) {
      if (!mayBeGone) lost.push(`${id} is gone`);
    } else if (known.deleted) lost.push(`${id} is back`);
    else if (version < known.version) lost.push(`${id} is at v${version}, not v${known.version}`);
  }
  writer.known.clear();
  return lost;
}

/** Sends what got no answer once more, with its key: there is one customer each in the end. */
async function repeat(url: string, token: string, writer: Writer): Promise<string[]> {
  const wrong: string[] = [];
  for (const [key, body] of writer.unanswered) {
    const again = { token, body, headers: { 'idempotency-key': key } };
    const first = await call(url, 'POST', '/api/customers/', again);
    const second = await call(url, 'POST', '/api/customers/', again);
    if (first.status !== 201 || second.text !== first.text) wrong.push(`${key}: ${first.text}`);
  }
  writer.unanswered.clear();
  return wrong;
}

it(
  'loses nothing it acknowledged when it is killed at any moment',
  async () => {
    let token = '';
    let workspace = '';
    for (let round = 0; round < size(2, 40); round += 1) {
      const program: TestProcess = await startProcess(env);
      await program.ready();
      if (token === '') {
        const root = { token: ROOT_TOKEN };
        const made = await call(program.url, 'POST', '/admin/v1/workspaces', {
          ...root,
          body: { name: 'Kill', slug: 'kill' },
        });
        workspace = made.body.id;
        const issued = await call(
          program.url,
          'POST',
          `/admin/v1/workspaces/${workspace}/credentials`,
          {
            ...root,
            body: { kind: 'access_token', name: 'kill', scopes: ['*'] },
          },
        );
        token = issued.body.token;
      }
      const writers = [0, 1, 2, 3].map(() => new Writer(token));
      const runs = writers.map((writer) => writer.run(program.url));
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 600));
      await program.kill();
      for (const writer of writers) writer.running = false;
      await Promise.all(runs);

      const next = await startProcess(env);
      await next.ready();
      for (const writer of writers) {
        expect(await check(next.url, token, writer)).toEqual([]);
        expect(await repeat(next.url, token, writer)).toEqual([]);
      }
      expect(
        (await call(next.url, 'GET', '/admin/v1/audit/verify', { token: ROOT_TOKEN })).body.ok,
      ).toBe(true);
      await next.kill();
    }
  },
  size(120_000, 1_800_000),
);

if (engine === 'pglite') {
  it(
    'comes up by itself after being killed during its first boot',
    async () => {
      const fresh = mkdtempSync(join(tmpdir(), 'clientele-boot-'));
      for (let i = 0; i < size(2, 20); i += 1) {
        const program = await startProcess({ CLIENTELE_DATA_DIR: fresh });
        await new Promise((resolve) => setTimeout(resolve, 100 + i * (2_500 / size(2, 20))));
        await program.kill();
      }
      const program = await startProcess({ CLIENTELE_DATA_DIR: fresh });
      await program.ready();
      expect(await program.stop()).toBe(0);
      rmSync(fresh, { recursive: true, force: true });
    },
    size(60_000, 300_000),
  );
}
