import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
// @ts-expect-error: a plain-JavaScript tool without types
import { findPostgres } from '../tools/postgres.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const DATABASE = 'clientele_bench';
const PLAIN = 'clientele_bench_plain';
/** The root token of the service under measurement. */
export const rootToken = 'bench-root-token-bench-root-token';
const CUSTOMERS = Number(process.env.BENCH_CUSTOMERS ?? 100_000);

/** A process under measurement. */
export interface Server {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Everything a measurement needs. */
export interface Stage {
  service: Server;
  baseline: Server;
  ownerUrl: string;
  serviceUrl: string;
  workspaceId: string;
  token: string;
  customerId: string;
  owner: pg.Client;
  customers: number;
  close(): Promise<void>;
}

/** Starts a Node process and waits until it answers. */
export async function start(
  script: string,
  port: number,
  env: Record<string, string>,
  probe: string,
): Promise<Server> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', here(script)],
    { env: { ...process.env, ...env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i += 1) {
    const ok = await fetch(url + probe).then(
      (r) => r.status < 500,
      () => false,
    );
    if (ok) break;
    if (i > 1_200 || child.exitCode !== null) throw new Error(`${script} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    pid: child.pid as number,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

async function fill(owner: pg.Client, workspaceId: string, count: number): Promise<void> {
  await owner.query(
    `insert into clientele.customers (workspace_id, id, created_at, external_id, email, name, metadata,
       billing_address)
     select $1, gen_random_uuid(), now() - ($2::int - i) * interval '1 second', 'ext-' || i,
       'person' || i || '@' || substr(md5(i::text), 1, 8) || '.example',
       initcap(substr(md5('n' || i), 1, 7)) || ' ' || initcap(substr(md5('s' || i), 1, 9)),
       jsonb_build_object('plan', case when i % 3 = 0 then 'pro' else 'free' end, 'seats', i % 50),
       jsonb_build_object('line1', i || ' Main Street', 'city', 'Berlin', 'country', 'DE')
     from generate_series(1, $2::int) i`,
    [workspaceId, count],
  );
  await owner.query(
    `insert into clientele.members (workspace_id, id, customer_id, created_at, email, name, external_id, role)
     select workspace_id, gen_random_uuid(), id, created_at, email, name, external_id, 'owner'
     from clientele.customers where workspace_id = $1`,
    [workspaceId],
  );
}

const json = { 'content-type': 'application/json', authorization: `Bearer ${rootToken}` };

/** A workspace with a token, made through the admin surface. */
export async function workspace(url: string, slug: string): Promise<{ id: string; token: string }> {
  const post = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const init = { method: 'POST', headers: json, body: JSON.stringify(body) };
    return (await fetch(url + path, init)).json() as Promise<Record<string, string>>;
  };
  const id = (await post('/admin/v1/workspaces', { name: slug, slug })).id as string;
  const issued = await post(`/admin/v1/workspaces/${id}/credentials`, {
    kind: 'access_token',
    name: 'bench',
    scopes: ['*'],
  } as never);
  return { id, token: issued.token as string };
}

/** Sets the stage on PostgreSQL: a fresh database, the product, the baseline, and the data. */
export async function setStage(): Promise<Stage> {
  const found = await findPostgres(process.env.CLIENTELE_TEST_DATABASE_URL);
  if (found.url === undefined) throw new Error('The bench needs a PostgreSQL it may use as owner');
  const admin = new pg.Client({ connectionString: found.url });
  await admin.connect();
  await admin.query(`drop database if exists ${DATABASE} (force)`);
  await admin.query(`create database ${DATABASE}`);
  const owned = new URL(found.url);
  owned.pathname = `/${DATABASE}`;
  const ownerUrl = owned.href;
  owned.username = 'clientele_bench_service';
  owned.password = 'bench-only';
  const serviceUrl = owned.href;
  const dataDir = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const service = await start(
    '../server/src/main.ts',
    3311,
    {
      DATABASE_URL: serviceUrl,
      DATABASE_ADMIN_URL: ownerUrl,
      CLIENTELE_SECRET: 'bench-secret-bench-secret',
      CLIENTELE_ROOT_TOKEN: rootToken,
      CLIENTELE_RATE_LIMIT: '0',
      CLIENTELE_TRUST_PROXY: '1',
      CLIENTELE_DATA_DIR: dataDir,
    },
    '/readyz',
  );
  const main = await workspace(service.url, 'bench');
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await fill(owner, main.id, CUSTOMERS);
  for (let i = 0; i < 4; i += 1) {
    await fill(owner, (await workspace(service.url, `other-${i}`)).id, Math.ceil(CUSTOMERS / 20));
  }
  // The explicit predicate is measured as a plain role, too: only row security may differ.
  await owner.query(`do $$ begin create role ${PLAIN} login bypassrls password 'bench-only';
    exception when duplicate_object then null; end $$`);
  await owner.query(`grant usage on schema clientele to ${PLAIN}`);
  await owner.query(`grant select on all tables in schema clientele to ${PLAIN}`);
  await owner.query('vacuum analyze');
  const { rows } = await owner.query(
    'select id from clientele.customers where workspace_id = $1 order by created_at limit 1 offset 500',
    [main.id],
  );
  const baseline = await start(
    './baseline.ts',
    3312,
    {
      BENCH_OWNER_URL: ownerUrl,
      BENCH_SERVICE_URL: serviceUrl,
      BENCH_PLAIN_URL: serviceUrl.replace('clientele_bench_service', PLAIN),
    },
    '/none',
  );
  return {
    service,
    baseline,
    ownerUrl,
    serviceUrl,
    workspaceId: main.id,
    token: main.token,
    customerId: rows[0].id,
    owner,
    customers: CUSTOMERS,
    async close() {
      await Promise.all([service.stop(), baseline.stop()]);
      await owner.end();
      await admin.query(`drop database if exists ${DATABASE} (force)`);
      await admin.end();
      await found.forget?.();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const TICK_US = 10_000;

function ticks(pid: number): number {
  try {
    const after = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(after[11]) + Number(after[12]);
  } catch {
    return 0;
  }
}

/** CPU time so far of a process and of the database's backends, in microseconds. */
export async function cpu(stage: Stage, pid: number): Promise<{ node: number; database: number }> {
  const { rows } = await stage.owner.query(
    'select pid from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [DATABASE],
  );
  const database = rows.reduce((sum, r) => sum + ticks(r.pid), 0);
  return { node: ticks(pid) * TICK_US, database: database * TICK_US };
}

/** Resident memory of a process, in MB. */
export function rss(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** One burst of wrk. Out: requests a second, and the mean latency in milliseconds. */
export function wrk(
  url: string,
  options: {
    connections: number;
    seconds: number;
    token?: string;
    script?: string;
    args?: string[];
  },
): { requests: number; perSecond: number; latencyMs: number } {
  const out = execFileSync(
    'wrk',
    [
      '-t1',
      `-c${options.connections}`,
      `-d${options.seconds}s`,
      ...(options.token === undefined ? [] : ['-H', `Authorization: Bearer ${options.token}`]),
      ...(options.script === undefined ? [] : ['-s', here(options.script)]),
      url,
      ...(options.args === undefined ? [] : ['--', ...options.args]),
    ],
    { encoding: 'utf8' },
  );
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1];
  if (errors !== undefined) throw new Error(`${errors} answers were errors: ${url}`);
  const latency = /Latency\s+([\d.]+)(us|ms|s)/.exec(out);
  const unit = { us: 0.001, ms: 1, s: 1000 }[latency?.[2] as 'us' | 'ms' | 's'];
  return {
    requests: Number(/(\d+) requests in/.exec(out)?.[1]),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]),
    latencyMs: Number(latency?.[1]) * unit,
  };
}
