import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { EngineEvent, OpenTarget, Reply, Request } from './messages.ts';

/** Opening may replay WAL; a dump or a vacuum reads everything. Milliseconds. */
const limits = { open: 120_000, other: 600_000 };

/** The worker thread died or was ended; whoever waited must try again on a new connection. */
export class EngineLost extends Error {
  override readonly name = 'EngineLost';
  readonly code = 'ECONNRESET';
}

export interface EngineOptions {
  target: OpenTarget;
  watchdogMs: number;
  onEvent(event: EngineEvent): void;
  /** Called when the engine was lost, after the request under way has failed. */
  onLost(error: Error): void;
}

interface Waiting {
  resolve(answer: Uint8Array<ArrayBuffer> | undefined): void;
  reject(error: Error): void;
}

function failure({ name, message }: { name: string; message: string }): Error {
  return Object.assign(new Error(message), { name });
}

/** The worker thread that holds the database, kept running; one request at a time. */
export class Engine {
  readonly #options: EngineOptions;
  #worker: Worker | undefined;
  #opened: Promise<void> | undefined;
  #waiting: Waiting | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #synced = 0;
  #user: string;
  #closed = false;
  /** Two threads must never have the directory open, so the next waits for the last to be gone. */
  #ending: Promise<unknown> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#user = options.target.user;
    // The thread loads its modules while the caller still takes the lock.
    this.#worker = this.#spawn();
  }

  /** Files synced to the disk since the engine was last opened. */
  get synced(): number {
    return this.#synced;
  }

  /** The role that the session belongs to. */
  get user(): string {
    return this.#user;
  }

  /** Opens the database; after a loss, opens it again. Errors: NoSuchUser, until `become`. */
  open(): Promise<void> {
    if (this.#closed) return Promise.reject(new EngineLost('The embedded database is closed'));
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Runs a request after those before it. Errors: EngineLost, or the worker's own. */
  request(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const limit = this.#limit(request.op);
    const result = this.#turn.then(() => this.#send(request, limit));
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Makes the session another role's. Errors: NoSuchUser. */
  async become(user: string): Promise<void> {
    await this.request({ op: 'become', user });
    this.#user = user;
    this.#opened = Promise.resolve();
  }

  /** Closes the database with a checkpoint and ends the thread. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const opened = this.#opened;
    if (opened !== undefined) {
      await opened.catch(() => {});
      await this.request({ op: 'close' }).catch(() => {});
    }
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #open(): Promise<void> {
    const target = { ...this.#options.target, user: this.#user };
    const { pgdata } = target;
    try {
      await this.#ending;
      if (pgdata !== null) {
        if (!existsSync(pgdata)) await this.#firstBoot(target);
        target.loadDataDir = undefined;
      }
      this.#worker ??= this.#spawn();
      await this.request({ op: 'open', target });
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'NoSuchUser') {
        this.#opened = undefined;
        if (this.#worker) this.#lose(this.#worker, `could not be opened: ${message}`);
      }
      throw error;
    }
  }

  /** A thread of its own, so that the memory a first boot takes goes with it. */
  #firstBoot(target: OpenTarget): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./first-boot.ts', import.meta.url), {
        workerData: target,
      });
      worker.on('message', (event: EngineEvent) => this.#options.onEvent(event));
      worker.once('error', reject);
      worker.once('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`The first boot ended with code ${code}`));
      });
    });
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    worker.on('message', (reply: Reply) => this.#receive(reply));
    worker.once('error', (error) => this.#lose(worker, `crashed: ${error.message}`));
    worker.once('exit', (code) => this.#lose(worker, `ended with code ${code}`));
    return worker;
  }

  #limit(op: Request['op']): number {
    if (op === 'batch' || op === 'start') return this.#options.watchdogMs;
    return op === 'open' ? limits.open : limits.other;
  }

  #send(request: Request, limitMs: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const worker = this.#worker;
    if (worker === undefined) {
      return Promise.reject(new EngineLost('The embedded database is not running'));
    }
    return new Promise((resolve, reject) => {
      const watchdog = setTimeout(() => {
        this.#lose(worker, `gave no answer to a ${request.op} within ${limitMs} ms`);
      }, limitMs);
      this.#waiting = {
        resolve(answer) {
          clearTimeout(watchdog);
          resolve(answer);
        },
        reject(error) {
          clearTimeout(watchdog);
          reject(error);
        },
      };
      worker.postMessage(request, request.op === 'batch' ? [request.bytes.buffer] : []);
    });
  }

  #receive(reply: Reply): void {
    if ('event' in reply) {
      this.#options.onEvent(reply.event);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if ('failure' in reply) {
      waiting?.reject(failure(reply.failure));
      return;
    }
    this.#synced = reply.synced;
    waiting?.resolve(reply.answer);
  }

  #lose(worker: Worker, what: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#opened = undefined;
    const error = new EngineLost(`The embedded database ${what}`);
    this.#options.onEvent({ level: 'error', msg: error.message });
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#ending = worker.terminate().finally(() => {
      waiting?.reject(error);
      this.#options.onLost(error);
    });
  }
}
