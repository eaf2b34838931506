import { Duplex } from 'node:stream';
import { type Frame, Framer, noEncryption, refusal, welcome } from './frames.ts';

/** What a connection needs of the one session behind it. */
export interface SessionGate {
  /** Waits for the session to be free, cleans it and takes it. Errors: Refused. */
  enter(socket: Duplex, settings: Map<string, string>): Promise<Record<string, string>>;
  /** Runs a batch. Out: the server's answer. */
  batch(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Gives the session back; harmless for a socket that does not hold it. */
  leave(socket: Duplex): void;
}

/** A connection the server would not let in, as the protocol tells it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * What node-postgres takes for its TCP socket. A write is done when its batch is answered, so a
 * client that writes faster than the database works is held back by the stream itself.
 */
export class EmbeddedSocket extends Duplex {
  readonly #gate: SessionGate;
  readonly #framer = new Framer();

  constructor(gate: SessionGate) {
    super({ allowHalfOpen: false });
    this.#gate = gate;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#take([chunk], done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#take(
      chunks.map((c) => c.chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#gate.leave(this);
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#gate.leave(this);
    done(error);
  }

  #take(chunks: Buffer[], done: (error?: Error | null) => void): void {
    this.#answer(this.#framer, chunks).then(
      () => done(),
      (error) => done(error),
    );
  }

  async #answer(framer: Framer, chunks: Buffer[]): Promise<void> {
    for (const frame of framer.feed(chunks)) {
      const answer = await this.#serve(frame);
      if (this.destroyed) return;
      if (answer === null) this.push(null);
      else if (answer.length > 0) this.push(answer);
    }
  }

  async #serve(frame: Frame): Promise<Buffer | null> {
    switch (frame.kind) {
      case 'batch': {
        const answer = await this.#gate.batch(frame.bytes);
        return answer === undefined ? Buffer.alloc(0) : Buffer.from(answer.buffer);
      }
      case 'startup':
        try {
          return welcome(await this.#gate.enter(this, frame.settings));
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          this.push(refusal(error.code, error.message));
          return null;
        }
      case 'encryption':
        return noEncryption;
      case 'cancel':
      case 'terminate':
        return null;
    }
  }
}
