import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose, type Parts, type Program } from '../../src/app.ts';
import { createLog } from '../../src/config/log.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { allJobs } from '../../src/jobs/index.ts';
import { workOff } from '../../src/jobs/worker.ts';
import type { Platforms } from '../../src/modules/linked-accounts/index.ts';
import type { Mailer } from '../../src/modules/mails/index.ts';
import type { VatRegister } from '../../src/modules/vat/index.ts';
import { loadSurfaceRoutes } from '../../src/surfaces/mounts.ts';
import { call, type Reply } from './call.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { agreeingPlatform } from './platform.ts';

export const ROOT_TOKEN = 'test-root-token-test-root-token';

/** A running program on its own database, listening on a free port. */
export interface TestProgram extends Program {
  url: string;
  database: TestDatabase;
  /** Every log line so far. */
  logged: string[];
  dataDir: string;
  /** Calls the admin surface with the root token. */
  root(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  /** A new workspace with an access token of the given scopes (all, unless told otherwise). */
  workspace(scopes?: string[]): Promise<TestWorkspace>;
  /** Does the jobs that are due; no loop runs in tests. */
  settle(): Promise<void>;
  /** Runs one periodic job. */
  job(name: string): Promise<void>;
  /** Kept mails, newest first. */
  mails(): Promise<{ id: string; to: string; subject: string; text: string; html: string }[]>;
  close(): Promise<void>;
}

/** A workspace and calls with its access token. */
export interface TestWorkspace {
  id: string;
  token: string;
  credentialId: string;
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
}

let made = 0;

/** Starts the program as `main.ts` puts it together, without limits unless told otherwise. */
export async function startProgram(
  options: {
    rateLimit?: number;
    trustProxy?: number;
    mailer?: Mailer;
    platforms?: Platforms;
    payments?: Parts['payments'];
    vies?: VatRegister;
  } = {},
): Promise<TestProgram> {
  const database = await openTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  const logged: string[] = [];
  const program = await compose({
    driver: database.driver,
    routes: await loadSurfaceRoutes(),
    secret: 'a-secret-for-tests-only',
    rootToken: ROOT_TOKEN,
    publicUrl: 'http://localhost:3000',
    mailer: options.mailer,
    platforms: options.platforms ?? { discord: agreeingPlatform },
    payments: options.payments,
    vies: options.vies,
    erasureLog: join(dataDir, 'erasures.log'),
    rateLimit: options.rateLimit ?? 0,
    trustProxy: options.trustProxy ?? 0,
    metrics: createMetrics(),
    log: createLog((line) => logged.push(line)),
  });
  const url = await program.server.listen({ host: '127.0.0.1', port: 0 });
  const root: TestProgram['root'] = (method, path, body, headers) =>
    call(url, method, path, { token: ROOT_TOKEN, body, headers });

  return {
    ...program,
    url,
    database,
    logged,
    dataDir,
    root,
    async settle() {
      await workOff(program.app);
      await workOff(program.app, undefined, true);
    },
    async job(name) {
      await allJobs(program.app)
        .find((job) => job.name === name)
        ?.run();
    },
    mails: async () => (await root('GET', '/admin/v1/mails')).body.data,
    async workspace(scopes = ['*']) {
      made += 1;
      const slug = `ws-${process.pid}-${made}`;
      const { body: ws } = await root('POST', '/admin/v1/workspaces', {
        name: `Workspace ${made}`,
        slug,
      });
      const { body: credential } = await root('POST', `/admin/v1/workspaces/${ws.id}/credentials`, {
        kind: 'access_token',
        name: 'test',
        scopes,
      });
      return {
        id: ws.id,
        token: credential.token,
        credentialId: credential.id,
        api: (method, path, body, headers) =>
          call(url, method, path, { token: credential.token, body, headers }),
      };
    },
    async close() {
      await program.server.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
