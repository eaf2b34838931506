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

/** The plain role that the embedded database serves as. */
export const EMBEDDED_USER = 'clientele_service';

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
  /** The directory is ours. Errors: DirectoryInUse. */
  readonly locked: Promise<void>;
  /**
   * Open, locked and owned by the user asked for. Rejects with DirectoryInUse, or with an error
   * named `NoSuchUser` where the role is missing; after the latter `reopenAs` still works.
   */
  readonly ready: Promise<void>;
  /** A connection for node-postgres, given to it as its `stream` option. */
  stream(): Duplex;
  /** Gives the session to another role, once no client is connected. Errors: NoSuchUser. */
  reopenAs(user: string): Promise<void>;
  /** Vacuums and analyses the tables that need it; does nothing within a transaction. */
  maintain(): Promise<void>;
  /** Writes the whole database to a tarball. Errors: within a transaction. */
  dump(file: string): Promise<void>;
  /** `synced`: files synced to the disk since the engine was last opened. */
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
  const locked = takeLock();
  const gate = new Gate(engine, opened);

  async function takeLock(): Promise<DirectoryLock | undefined> {
    if (dir === null) return undefined;
    try {
      return await lockDirectory(dir);
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  async function opened(): Promise<void> {
    await locked;
    await engine.open();
  }

  /** A missing role hinders clients, not what the engine does for itself. */
  async function running(): Promise<void> {
    try {
      await opened();
    } catch (error) {
      if ((error as Error).name !== 'NoSuchUser') throw error;
    }
  }

  const ready = opened();
  ready.catch(() => {});
  const held = locked.then(() => {});
  held.catch(() => {});

  return {
    locked: held,
    ready,
    stream: () => new EmbeddedSocket(gate),
    async reopenAs(user) {
      await running();
      await gate.alone(() => engine.become(user));
    },
    async maintain() {
      await running();
      await engine.request({ op: 'maintain' });
    },
    async dump(file) {
      await running();
      await engine.request({ op: 'dump', file });
    },
    stats: () => ({ synced: engine.synced }),
    async close() {
      const lock = await locked.catch(() => undefined);
      gate.drop();
      await engine.close();
      await lock?.release();
    },
  };
}
