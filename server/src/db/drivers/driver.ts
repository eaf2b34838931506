import type { ClientBase } from 'pg';
import type { Result } from './batch.ts';
import type { Statement } from './statement.ts';

/** A client held for one interactive transaction. */
export interface HeldClient {
  client: ClientBase;
  /** Gives the client back; `broken` closes it instead. */
  release(broken?: boolean): void;
}

/**
 * `fast` shares a connection with other requests and must stay short; `slow` has one of its own.
 */
export type Lane = 'fast' | 'slow';

/** A database engine, as the unit of work uses it. */
export interface Driver {
  engine: 'postgres' | 'pglite';
  /** Runs statements in one implicit transaction, in one round trip. */
  batch(statements: Statement[], lane: Lane): Promise<Result[]>;
  /** A client of its own for a transaction of several round trips. */
  hold(purpose: 'transaction' | 'stream'): Promise<HeldClient>;
  /** Vacuums and analyses what needs it, on an engine that does not do so by itself. */
  maintain?(): Promise<void>;
  close(): Promise<void>;
}
