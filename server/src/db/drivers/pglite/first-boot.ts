import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineEvent, OpenTarget } from './messages.ts';
import { openStore } from './session.ts';

function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

function syncTree(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else syncPath(path);
  }
  syncPath(dir);
}

/**
 * Makes the PostgreSQL files of a new installation beside their place and moves them there when
 * they are whole, so a boot killed half-way leaves nothing that the next one could mistake for a
 * database.
 */
async function firstBoot(target: OpenTarget & { pgdata: string }): Promise<void> {
  const unfinished = `${target.pgdata}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const half: OpenTarget = { ...target, pgdata: unfinished, durability: 'relaxed' };
  const { db } = await openStore(half, (reason) => {
    parentPort?.postMessage({ level: 'error', msg: reason } satisfies EngineEvent);
    process.exit(1);
  });
  await db.close();
  const syncs = target.durability === 'fsync' && process.platform !== 'win32';
  if (syncs) syncTree(unfinished);
  renameSync(unfinished, target.pgdata);
  if (syncs) syncPath(dirname(target.pgdata));
}

await firstBoot(workerData);
