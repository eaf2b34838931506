import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { Authority } from './authority.ts';
import { DurableFs } from './durable-fs.ts';
import type { Durability, OpenTarget } from './messages.ts';

/** Megabytes; small, so that a new directory and the images of tests are too. */
const WAL_SEGMENT_MB = 4;
/** A checkpoint is due in the next pause after 64 MB of WAL, and at once after 256 MB. */
const CHECKPOINT_IN_PAUSE = 64 / WAL_SEGMENT_MB;
const CHECKPOINT_NOW = 256 / WAL_SEGMENT_MB;

/** Ends a half-sent exchange that a dropped client may have left. */
const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);

const extensions = { pg_trgm, btree_gin };

/**
 * PGlite's own start parameters, without those that turn fsync off and open the system tables.
 * fdatasync is a stub in the build and fsync is not, hence the sync method.
 */
function startParams(durability: Durability): string[] {
  const settings = {
    fsync: durability === 'fsync' ? 'on' : 'off',
    wal_sync_method: 'fsync',
    exit_on_error: 'off',
    log_min_messages: 'fatal',
    log_line_prefix: '',
    timezone: 'UTC',
    datestyle: 'ISO, MDY',
    io_method: 'sync',
    shared_buffers: '64MB',
    max_worker_processes: '0',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['--single', '-j', ...flags];
}

/** Ends the thread that holds the database, saying why. */
export type Abandon = (reason: string) => never;

/** Opens PGlite as its superuser, whatever user the target names. */
export async function openStore(
  { pgdata, durability, loadDataDir }: OpenTarget,
  abandon: Abandon,
): Promise<{ db: PGlite; fs: DurableFs | undefined }> {
  const fs = pgdata === null ? undefined : new DurableFs(pgdata, abandon);
  const db = await PGlite.create({
    extensions,
    initDbStartParams: [`--wal-segsize=${WAL_SEGMENT_MB}`],
    startParams: startParams(durability),
    onStderr(text: string) {
      // PostgreSQL would end its process here; this build comes back and fails again, for ever.
      if (/^(FATAL|PANIC):/.test(text)) abandon(text);
      return false;
    },
    ...(fs && { fs }),
    ...(loadDataDir && { loadDataDir: await openAsBlob(loadDataDir) }),
  });
  return { db, fs };
}

/** The one session of an open PGlite, spoken to in protocol bytes. */
export class Session {
  readonly #db: PGlite;
  readonly #fs: DurableFs | undefined;
  readonly #authority: Authority;

  constructor(db: PGlite, fs: DurableFs | undefined) {
    this.#db = db;
    this.#fs = fs;
    this.#authority = new Authority(db);
  }

  static async open(target: OpenTarget, abandon: Abandon): Promise<Session> {
    const { db, fs } = await openStore(target, abandon);
    return new Session(db, fs);
  }

  get synced(): number {
    return this.#fs?.synced ?? 0;
  }

  /** Runs one batch of frontend messages. Out: every byte the server answered. */
  async batch(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    await this.#db.execProtocolRawStream(bytes, {
      syncToFs: false,
      onRawData: (part) => parts.push(part.slice()),
    });
    if (parts.length === 1) return parts[0] as Uint8Array<ArrayBuffer>;
    const answer = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
    let filled = 0;
    for (const part of parts) {
      answer.set(part, filled);
      filled += part.length;
    }
    return answer;
  }

  /** A clean session for a client that just connected, with the settings it asked for. */
  async start(settings: [name: string, value: string][]): Promise<void> {
    await this.batch(SYNC);
    await this.#authority.clean();
    for (const [name, value] of settings) {
      await this.#db.query('select set_config($1, $2, false)', [name, value]);
    }
  }

  become(user: string): Promise<void> {
    return this.#authority.become(user);
  }

  /** Whether WAL has grown enough for a checkpoint: now, in the next pause, or not yet. */
  get checkpointDue(): 'now' | 'pause' | undefined {
    const segments = this.#fs?.segmentsOpened ?? 0;
    if (segments < CHECKPOINT_IN_PAUSE || this.#db.isInTransaction()) return undefined;
    return segments < CHECKPOINT_NOW ? 'pause' : 'now';
  }

  /** Single-user PostgreSQL never checkpoints on its own, so WAL would only ever grow. */
  async checkpoint(): Promise<void> {
    if (this.#fs) this.#fs.segmentsOpened = 0;
    await this.#authority.elevated(() => this.#db.exec('checkpoint'));
  }

  /** Vacuums and analyses by autovacuum's default thresholds, since that never runs here. */
  async maintain(): Promise<void> {
    if (this.#db.isInTransaction()) return;
    await this.#authority.elevated(async () => {
      const { rows } = await this.#db.query<{ name: string }>(
        `select format('%I.%I', s.schemaname, s.relname) as name
         from pg_stat_user_tables s join pg_class c on c.oid = s.relid
         where s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
            or s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)
            or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)`,
      );
      for (const { name } of rows) await this.#db.exec(`vacuum (analyze) ${name}`);
    });
  }

  /** Writes the whole database to a tarball; only between transactions. */
  async dump(file: string): Promise<void> {
    if (this.#db.isInTransaction()) throw new Error('A transaction is under way');
    await this.checkpoint();
    const tarball = await this.#db.dumpDataDir('none');
    await writeFile(file, tarball.stream());
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
