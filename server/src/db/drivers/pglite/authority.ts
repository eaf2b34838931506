import type { PGlite } from '@electric-sql/pglite';

const BOOTSTRAP_SUPERUSER = 10;
/** Where PostgreSQL's authenticated user stands after its session user in this pinned build. */
const AUTHENTICATED_AFTER_SESSION = 20;
/** Static data of the build ends well below this; the heap above need not be searched. */
const STATIC_DATA_BYTES = 16 * 1024 * 1024;

interface Backend {
  HEAPU8: Uint8Array;
  _GetUserId(): number;
  _GetSessionUserId(): number;
  _SetUserIdAndSecContext(user: number, context: number): void;
}

/** The role to open as does not exist (yet). */
export class NoSuchUser extends Error {
  override readonly name = 'NoSuchUser';
}

/**
 * Whom the one session belongs to. PGlite authenticates every session as the superuser, so a
 * plain `SET SESSION AUTHORIZATION` could be taken back by anyone who can run SQL, and row level
 * security with it. Here the authenticated user itself becomes the plain role, as it is after a
 * real login. PostgreSQL exports no function for that, so the word is found beside the session
 * user it does export, and the effect is checked before anything else runs.
 */
export class Authority {
  readonly #db: PGlite;
  #address: number | undefined;

  constructor(db: PGlite) {
    this.#db = db;
  }

  get #backend(): Backend {
    return this.#db.Module as unknown as Backend;
  }

  get #memory(): Buffer {
    const heap = this.#backend.HEAPU8;
    return Buffer.from(heap.buffer, 0, Math.min(STATIC_DATA_BYTES, heap.byteLength));
  }

  /** Makes the session that of `user`, clean of everything before. Errors: NoSuchUser. */
  async become(user: string): Promise<void> {
    if (this.#address !== undefined) {
      this.#memory.writeInt32LE(BOOTSTRAP_SUPERUSER, this.#address);
    }
    await this.clean();
    await this.#db.exec('set session authorization postgres');
    if (user === 'postgres') return;
    const known = await this.#db.query('select 1 from pg_roles where rolname = $1', [user]);
    if (known.rows.length === 0) throw new NoSuchUser(`The database has no role ${user}`);
    await this.#db.exec(`set session authorization "${user.replaceAll('"', '""')}"`);
    this.#address ??= this.#locate();
    this.#memory.writeInt32LE(this.#backend._GetSessionUserId(), this.#address);
    await this.#check(user);
  }

  /** Forgets what the session holds: its transaction, statements, settings, temporary tables. */
  async clean(): Promise<void> {
    if (this.#db.isInTransaction()) await this.#db.exec('rollback');
    await this.#db.exec('discard all');
  }

  /** Runs `task` with the superuser's rights; only between transactions. */
  async elevated<T>(task: () => Promise<T>): Promise<T> {
    const user = this.#backend._GetUserId();
    this.#backend._SetUserIdAndSecContext(BOOTSTRAP_SUPERUSER, 0);
    try {
      return await task();
    } finally {
      this.#backend._SetUserIdAndSecContext(user, 0);
    }
  }

  /** The session, outer and current user stand side by side, all three this role for now. */
  #locate(): number {
    const user = this.#backend._GetSessionUserId();
    const three = Buffer.from(Int32Array.of(user, user, user).buffer);
    const memory = this.#memory;
    const found: number[] = [];
    for (let at = memory.indexOf(three); at >= 0; at = memory.indexOf(three, at + 4)) {
      const candidate = at + AUTHENTICATED_AFTER_SESSION;
      if (at % 4 === 0 && memory.readInt32LE(candidate) === BOOTSTRAP_SUPERUSER) {
        found.push(candidate);
      }
    }
    if (found.length !== 1) throw new Error('This build of PGlite cannot log in as a plain role');
    return found[0] as number;
  }

  async #check(user: string): Promise<void> {
    const escaped = await this.#db.exec('set session authorization postgres').then(
      () => true,
      () => false,
    );
    const { rows } = await this.#db.query<{ user: string }>('select session_user as user');
    if (escaped || rows[0]?.user !== user) {
      throw new Error(`The session of ${user} could be turned into the superuser's`);
    }
  }
}
