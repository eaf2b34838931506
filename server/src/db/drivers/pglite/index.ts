import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { Engine } from './engine.ts';
import { Gate } from './gate.ts';
import { type DirectoryLock, lockDirectory } from './lock.ts';
import type { Durability, EngineEvent } from './messages.ts';
import { EmbeddedSocket } from './socket.ts';

export { EngineLost } from './engine.ts';
export { DirectoryInUse, type DirectoryLock, lockDirectory } from './lock.ts';
export type { Durability, EngineEvent } from './messages.ts';

const WATCHDOG_MS = 30_000;

/** How to open the embedded database. */
export interface EmbeddedOptions {
  /** The data directory, made if missing; PostgreSQL's files live in its `pgdata`. null: memory. */
  dir: string | null;
  /** The role that the session belongs to. */
  user: string;
  /** `fsync` (default) survives a power cut, `relaxed` a killed process. */
  durability?: Durability;
  /** Milliseconds a batch may take before the engine is ended and opened again; 30,000. */
  watchdogMs?: number;
  /** A tarball that `dump` made: what a database that does not exist yet starts from. */
  loadDataDir?: string;
  onEvent?: (event: EngineEvent) => void;
}

/** The embedded database, open or opening. */
export interface Embedded {
  /**
   * Open, locked and owned by the user asked for. Rejects with DirectoryInUse, or with an error
   * named `NoSuchUser` where the role is missing; after the latter `reopenAs` still works.
   */
  readonly ready: Promise<void>;
  /** A connection for node-postgres, given to it as its `stream` option. */
  stream(): Duplex;
  /** Gives the session to another role, once no client is connected. Errors: NoSuchUser. */
  reopenAs(user: string): Promise<void>;
  /** Vacuums and analyses the tables that need it; takes the session meanwhile. */
  maintain(): Promise<void>;
  /** Writes the whole database to a tarball. */
  dump(file: string): Promise<void>;
  /** Counters since the engine was opened. */
  stats(): { synced: number };
  /** Ends clients, checkpoints, closes and gives the directory free. */
  close(): Promise<void>;
}

/**
 * Opens PGlite in a worker thread. Returns at once: call it first thing, so the engine opens while
 * the rest of the program loads, and await `ready` before use.
 */
export function openEmbedded(options: EmbeddedOptions): Embedded {
  const dir = options.dir === null ? null : resolve(options.dir);
  let lock: DirectoryLock | undefined;
  const engine = new Engine({
    target: {
      pgdata: dir && join(dir, 'pgdata'),
      user: options.user,
      durability: options.durability ?? 'fsync',
      loadDataDir: options.loadDataDir,
    },
    watchdogMs: options.watchdogMs ?? WATCHDOG_MS,
    onEvent: options.onEvent ?? (() => {}),
    onLost: (error) => gate.drop(error),
  });
  const gate = new Gate(engine);

  async function open(): Promise<void> {
    if (dir !== null) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      try {
        lock = await lockDirectory(dir);
      } catch (error) {
        await engine.close();
        throw error;
      }
    }
    await engine.open();
  }

  const ready = open();
  ready.catch(() => {});

  return {
    ready,
    stream: () => new EmbeddedSocket(gate),
    reopenAs: async (user) => {
      await ready.catch(unlessMissing);
      await gate.alone(() => engine.become(user));
    },
    maintain: async () => {
      await ready;
      await engine.request({ op: 'maintain' });
    },
    dump: async (file) => {
      await ready;
      await engine.request({ op: 'dump', file });
    },
    stats: () => ({ synced: engine.synced }),
    close: async () => {
      await ready.catch(() => {});
      gate.drop(undefined);
      await engine.close();
      await lock?.release();
    },
  };
}

function unlessMissing(error: Error): void {
  if (error.name !== 'NoSuchUser') throw error;
}
