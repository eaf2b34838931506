import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  type Embedded,
  type EmbeddedOptions,
  openEmbedded,
} from '../../src/db/drivers/pglite/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'clientele-pglite-'));
export const image = join(scratch, 'image.tar');
const opened: Embedded[] = [];
const children: ChildProcess[] = [];
let directories = 0;

export function newDirectory(): string {
  directories += 1;
  return join(scratch, `data-${directories}`);
}

export function open(options: Partial<EmbeddedOptions> = {}): Embedded {
  const embedded = openEmbedded({
    dir: null,
    user: 'postgres',
    loadDataDir: image,
    durability: 'relaxed',
    ...options,
  });
  opened.push(embedded);
  return embedded;
}

export async function connect(
  embedded: Embedded,
  user = 'postgres',
  more = {},
): Promise<pg.Client> {
  const client = new pg.Client({
    user,
    database: 'postgres',
    stream: () => embedded.stream(),
    ...more,
  } as pg.ClientConfig);
  client.on('error', () => {});
  await client.connect();
  return client;
}

export async function value(
  client: pg.Client,
  sql: string,
  values: unknown[] = [],
): Promise<unknown> {
  const { rows } = await client.query({ text: sql, values, rowMode: 'array' });
  return rows[0]?.[0];
}

const driver = new URL('../../src/db/drivers/pglite/index.ts', import.meta.url).href;
const clientLibrary = pathToFileURL(join(process.cwd(), 'node_modules/pg/esm/index.mjs')).href;

/** Another process that opens `dir`, prints `open`, then runs `program` with a client `db`. */
export function start(dir: string, program: string, durability = 'relaxed'): ChildProcess {
  const source = `
    import { openEmbedded } from '${driver}';
    import pg from '${clientLibrary}';
    const embedded = openEmbedded(
      ${JSON.stringify({ dir, user: 'postgres', durability })},
    );
    await embedded.ready;
    const db = new pg.Client({
      user: 'postgres', database: 'postgres', stream: () => embedded.stream(),
    });
    await db.connect();
    process.stdout.write('open\\n');
    ${program}`;
  const file = join(scratch, `child-${children.length}.mjs`);
  writeFileSync(file, source);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

export function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
  });
  return lines;
}

export async function until(condition: () => boolean, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('Waited in vain');
    await sleep(10);
  }
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error('It ended before it could be killed');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** The image that databases start from, and an end to whatever a test leaves open. */
export function usePglite(): void {
  beforeAll(async () => {
    const embedded = openEmbedded({ dir: null, user: 'postgres' });
    const db = await connect(embedded);
    await db.query(`
      create extension pg_trgm;
      create extension btree_gin;
      create role plain login;
      create role aide;
      grant aide to plain;
      create table notes (id int primary key, text text not null);
      alter table notes enable row level security;
      alter table notes force row level security;
      create policy only_odd on notes using (id % 2 = 1);
      grant all on notes to plain;
      insert into notes select i, 'note ' || i from generate_series(1, 10) i`);
    await db.end();
    await embedded.dump(image);
    await embedded.close();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((e) => e.close()));
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });
}
