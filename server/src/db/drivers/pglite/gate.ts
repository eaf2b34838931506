import type { Duplex } from 'node:stream';
import type { Engine } from './engine.ts';
import { Refused, type SessionGate } from './socket.ts';

/** How long a client waits for the one before it to leave. */
const PATIENCE_MS = 5_000;

const parameters = {
  server_version: '18.6',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
};

/** Parts of a startup packet that are no settings of the session. */
const NOT_SETTINGS = new Set(['user', 'database', 'replication', 'options', 'client_encoding']);

/** `-c name=value` words of the `options` parameter, and the other settings beside it. */
function settingsOf(startup: Map<string, string>): [string, string][] {
  const options = startup.get('options') ?? '';
  const flags = [...options.matchAll(/(?:-c\s*|--)([\w.]+)=((?:\\.|\S)*)/g)];
  return [
    ...flags.map(([, name, value]): [string, string] => [
      name as string,
      (value as string).replaceAll(/\\(.)/g, '$1'),
    ]),
    ...[...startup].filter(([name]) => !NOT_SETTINGS.has(name)),
  ];
}

/** The way to PGlite's single session: one client at a time, each from a clean start. */
export class Gate implements SessionGate {
  readonly #engine: Engine;
  readonly #opened: () => Promise<void>;
  #holder: object | undefined;
  #queue: (() => void)[] = [];

  /** In: the engine, and what waits until it is locked and open, again after a loss. */
  constructor(engine: Engine, opened: () => Promise<void>) {
    this.#engine = engine;
    this.#opened = opened;
  }

  async enter(socket: Duplex, startup: Map<string, string>): Promise<Record<string, string>> {
    await this.#take(socket);
    try {
      if (socket.destroyed) throw new Refused('08006', 'The client left while it waited');
      await this.#opened();
      const { user } = this.#engine;
      if (startup.get('user') !== user) {
        throw new Refused('28000', `The embedded database is open as ${user}`);
      }
      await this.#engine.request({ op: 'start', settings: settingsOf(startup) });
      return { ...parameters, session_authorization: user };
    } catch (error) {
      this.leave(socket);
      const { name, message } = error as Error;
      throw name === 'NoSuchUser' ? new Refused('28000', message) : error;
    }
  }

  batch(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#engine.request({ op: 'batch', bytes });
  }

  leave(socket: object): void {
    if (this.#holder !== socket) return;
    this.#holder = undefined;
    this.#queue.shift()?.();
  }

  /** Runs a task while no client is connected. */
  async alone<T>(task: () => Promise<T>): Promise<T> {
    const self = {};
    await this.#take(self);
    try {
      return await task();
    } finally {
      this.leave(self);
    }
  }

  /** Ends the connected client: the engine behind it is gone, or about to go. */
  drop(error?: Error): void {
    const holder = this.#holder;
    if (holder !== undefined && 'destroy' in holder) (holder as Duplex).destroy(error);
  }

  #take(holder: object): Promise<void> {
    if (this.#holder === undefined) {
      this.#holder = holder;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(patience);
        this.#holder = holder;
        resolve();
      };
      const patience = setTimeout(() => {
        this.#queue = this.#queue.filter((waiting) => waiting !== enter);
        reject(new Refused('53300', 'The embedded database has one session and it is in use'));
      }, PATIENCE_MS);
      this.#queue.push(enter);
    });
  }
}
