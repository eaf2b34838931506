import type { Static, TObject, TSchema } from '@sinclair/typebox';

/** Whom a portal session can stand for: the customer itself, or a member by its role. */
export type PortalRole = 'customer' | 'owner' | 'billing_manager' | 'member';

/** Who may call an operation. `scopes`: any one of them is enough. */
export interface Access {
  /**
   * `credential`: the surface's own credential; `session`: a portal session; `root`: the
   * installation's root token; `nobody`: public.
   */
  by: 'credential' | 'session' | 'root' | 'nobody';
  scopes?: readonly string[];
  /** Whose portal sessions may. */
  roles?: readonly PortalRole[];
}

/** A body that is read as a stream instead of as JSON. */
export interface StreamBody {
  mediaTypes: readonly string[];
  description: string;
}

/** What an operation answers when it succeeds. */
export interface Success<S extends TSchema | undefined = TSchema | undefined> {
  status: 200 | 201 | 202 | 204 | 307;
  description: string;
  schema?: S;
  /** A body that is not JSON. */
  mediaType?: string;
}

/** One published operation, as data. */
export interface Operation<
  P extends TObject | undefined = TObject | undefined,
  Q extends TObject | undefined = TObject | undefined,
  B extends TSchema | undefined = TSchema | undefined,
  S extends TSchema | undefined = TSchema | undefined,
> {
  /** Unique in its surface, snake_case: `customers_create`. */
  id: string;
  method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** The whole path, with its mount and with {parameters}. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  access: Access;
  params?: P;
  query?: Q;
  /** A query parameter read in deepObject style (`name[key]=value`), not part of `query`. */
  deepQuery?: string;
  body?: B;
  stream?: StreamBody;
  success: Success<S>;
  /** Further statuses of success, with the same body. */
  alsoAnswers?: readonly (200 | 201)[];
  /** Further statuses a caller may see, beyond those every operation has (401, 403, 422, 429). */
  errors: readonly number[];
  /** Needs another service, which may be away or switched off: the doctor does not try it. */
  remote?: boolean;
  /** Refuses requests without an Idempotency-Key. */
  demandsKey?: boolean;
  /** Answers carry an ETag, and writes honour If-Match. */
  tagged?: boolean;
}

type Read<T> = T extends TSchema ? Static<T> : undefined;

/** The validated input of an operation. */
export type ParamsOf<O> =
  O extends Operation<infer P, infer _Q, infer _B, infer _S> ? Read<P> : never;
export type QueryOf<O> =
  O extends Operation<infer _P, infer Q, infer _B, infer _S> ? Read<Q> : never;
export type BodyOf<O> =
  O extends Operation<infer _P, infer _Q, infer B, infer _S> ? Read<B> : never;
export type ResultOf<O> =
  O extends Operation<infer _P, infer _Q, infer _B, infer S> ? Read<S> : never;

/** Declares an operation and keeps the exact types of its schemas. */
export function operation<
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
  S extends TSchema | undefined = undefined,
>(o: Operation<P, Q, B, S>): Operation<P, Q, B, S> {
  return o;
}

/** One surface's contract: its operations and how its errors and credentials look. */
export interface Contract {
  surface: string;
  title: string;
  version: string;
  description: string;
  mount: string;
  /** OpenAPI security scheme of the credential. */
  security: Record<string, unknown>;
  /** The error body by status, as schemas; 0 for every other. A string is plain text. */
  errorSchemas: Record<number, TSchema>;
  errorMediaType: string;
  operations: readonly Operation[];
}
