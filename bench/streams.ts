import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, print } from './report.ts';
import { rss, type Stage, start, workspace } from './stage.ts';

const COPY = (ws: string) => `copy (select id, external_id, created_at, email, name,
  billing_address ->> 'line1', billing_address ->> 'line2', billing_address ->> 'city',
  billing_address ->> 'state', billing_address ->> 'postal_code', billing_address ->> 'country',
  metadata::text from clientele.customers
  where workspace_id = '${ws}' and deleted_at is null) to stdout (format csv)`;

function psql(stage: Stage, file: string): number {
  const began = performance.now();
  execFileSync('sh', [
    '-c',
    `psql "$1" -qc "$2" > "$3"`,
    'sh',
    stage.ownerUrl,
    COPY(stage.workspaceId),
    file,
  ]);
  return performance.now() - began;
}

/** Downloads an export. Out: milliseconds, and the highest resident memory of the server, MB. */
async function download(stage: Stage, token: string, file: string) {
  let peak = rss(stage.service.pid);
  const watch = setInterval(() => {
    peak = Math.max(peak, rss(stage.service.pid));
  }, 20);
  const began = performance.now();
  const url = `${stage.service.url}/api/customers/export`;
  const curl = spawn('curl', ['-sf', '-o', file, '-H', `Authorization: Bearer ${token}`, url]);
  const code = await new Promise((resolve) => curl.once('exit', resolve));
  if (code !== 0) throw new Error(`curl ended with ${code}`);
  clearInterval(watch);
  return { ms: performance.now() - began, peak };
}

/** Export against psql COPY, and its memory at several sizes. */
export async function exports_(stage: Stage, sizes: number[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const file = join(folder, 'out.csv');
  const ratios: number[] = [];
  let detail = '';
  for (let i = 0; i < 5; i += 1) {
    const bare = psql(stage, file);
    const { ms } = await download(stage, stage.token, file);
    ratios.push(bare / ms);
    detail = `${ms.toFixed(0)} ms against ${bare.toFixed(0)} ms`;
  }
  print({
    name: 'export over HTTP / psql COPY',
    ratio: median(ratios),
    goal: { atLeast: 0.7 },
    detail,
  });

  const peaks: number[] = [];
  for (const size of sizes) {
    const { id, token } = await workspace(stage.service.url, `export-${size}`);
    await stage.owner.query(
      `insert into clientele.customers (workspace_id, id, email, name)
       select $1, gen_random_uuid(), 'e' || i || '@bench.example', 'Name ' || i
       from generate_series(1, $2::int) i`,
      [id, size],
    );
    await download(stage, token, file);
    peaks.push((await download(stage, token, file)).peak);
  }
  rmSync(folder, { recursive: true });
  print({
    name: 'export memory, largest less smallest, MB',
    ratio: Math.max(...peaks) - Math.min(...peaks),
    goal: { atMost: 10 },
    detail: sizes.map((s, i) => `${s} rows: ${peaks[i]?.toFixed(0)} MB`).join(', '),
  });
}

/** The embedded database: how long `npm start` takes to its first answer once installed. */
export async function warmStart(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  const env = {
    CLIENTELE_DATA_DIR: dataDir,
    DATABASE_URL: '',
    DATABASE_ADMIN_URL: '',
    CLIENTELE_SECRET: '',
  };
  const first = await start('../server/src/main.ts', 3313, env, '/readyz');
  await first.stop();
  const times: number[] = [];
  let memory = 0;
  for (let i = 0; i < 5; i += 1) {
    const began = performance.now();
    const run = fileURLToPath(new URL('../tools/run.mjs', import.meta.url));
    const child = spawn(process.execPath, [run, 'start'], {
      env: { ...process.env, ...env, PORT: '3313' },
      stdio: 'ignore',
    });
    while (
      !(await fetch('http://127.0.0.1:3313/readyz').then(
        (r) => r.ok,
        () => false,
      ))
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    times.push((performance.now() - began) / 1000);
    const pid = execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).trim();
    memory = rss(Number(pid.split('\n')[0] || child.pid));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(dataDir, { recursive: true, force: true });
  print({
    name: 'warm start on the embedded database, s',
    ratio: median(times),
    goal: { atMost: 1 },
    detail: `idle resident memory ${memory.toFixed(0)} MB`,
  });
}
