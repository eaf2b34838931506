import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE = 64 * 1024;

/**
 * Bytes kept aside on disk instead of in memory: a file in the system's temporary folder that its
 * owner alone may read and that has no name any more, so it is gone with the process.
 */
export class Spool {
  readonly #file: FileHandle;
  #size = 0;
  #closed = false;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(): Promise<Spool> {
    const path = join(tmpdir(), `clientele-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return new Spool(file);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes at the end. */
  async append(bytes: Buffer): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        done,
        bytes.length - done,
        this.#size + done,
      );
      done += bytesWritten;
    }
    this.#size += bytes.length;
  }

  /** What was written, from a place on, piece by piece. */
  async *pieces(from = 0): AsyncGenerator<Buffer> {
    let at = from;
    while (at < this.#size) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, this.#size - at));
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}
