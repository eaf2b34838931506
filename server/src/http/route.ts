import type { Readable } from 'node:stream';
import type {
  BodyOf,
  Operation,
  ParamsOf,
  QueryOf,
  ResultOf,
} from '@clientele/contracts/lib/operation.ts';
import type { TObject, TSchema } from '@sinclair/typebox';
import type { Caller, IdempotentRequest } from '../kernel/caller.ts';
import type { App } from '../modules/app.ts';

/** Validated input of operation `O`. */
export interface InputOf<O> {
  params: ParamsOf<O>;
  query: QueryOf<O>;
  body: BodyOf<O>;
  deep: Map<string, string[]>;
}

/** How an outcome goes on the wire. */
export interface Reply<B> {
  /** Where it is not the operation's own. */
  status?: number;
  body: B;
  /** Strong entity tag, without quotes. */
  tag?: string;
  headers?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: operations of every type meet in one table
type AnyOperation = Operation<any, any, any, any>;

/** A handler of one JSON operation: runs one verb, then writes its outcome. */
export interface JsonRoute {
  operation: AnyOperation;
  run: (app: App, caller: Caller, input: never) => Promise<unknown>;
  answer: (outcome: never, input: never) => Reply<unknown>;
}

/** What a stream handler is given besides its input. */
export interface StreamRequest {
  body: Readable;
  mediaType: string;
  /** Ends when the caller has gone. */
  signal: AbortSignal;
  /** The Idempotency-Key, if one was sent, given the digest of the body; its outcome is a text. */
  idempotency: (bodyDigest: Buffer) => IdempotentRequest | undefined;
}

/** A handler that reads or writes a stream. */
export interface StreamRoute {
  operation: AnyOperation;
  stream: (
    app: App,
    caller: Caller,
    input: never,
    request: StreamRequest,
  ) => Promise<{ headers: Record<string, string>; body: Readable }>;
}

export type Route = JsonRoute | StreamRoute;

/**
 * Binds an operation to its verb and its wire form. `run` hands on what the verb's transaction
 * returned, since a kept answer (Idempotency-Key) is written inside it by the same `answer`.
 */
export function route<
  P extends TObject | undefined,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
  S extends TSchema | undefined,
  R,
>(
  operation: Operation<P, Q, B, S>,
  handler: {
    run: (app: App, caller: Caller, input: InputOf<Operation<P, Q, B, S>>) => Promise<R>;
    answer: (
      outcome: R,
      input: InputOf<Operation<P, Q, B, S>>,
    ) => Reply<ResultOf<Operation<P, Q, B, S>>>;
  },
): Route {
  return { operation, ...handler } as unknown as Route;
}

/** Binds an operation to a stream. */
export function streamRoute<
  P extends TObject | undefined,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
  S extends TSchema | undefined,
>(
  operation: Operation<P, Q, B, S>,
  stream: (
    app: App,
    caller: Caller,
    input: InputOf<Operation<P, Q, B, S>>,
    request: StreamRequest,
  ) => Promise<{ headers: Record<string, string>; body: Readable }>,
): Route {
  return { operation, stream } as unknown as Route;
}

/** A reply without a body (204). */
export const nothing = (): Reply<undefined> => ({ body: undefined });
