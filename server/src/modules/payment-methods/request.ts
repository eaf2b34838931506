import { keyReused, replayKept } from '../../db/idempotency.ts';
import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, type ErrorKind } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { QUIET_SECONDS } from './intent.ts';
import { freeRequestKey, intentOfRequest, resumeIntent } from './intents.store.ts';

/** A request with an Idempotency-Key, as its intent remembers it: keyed digests, no more. */
export interface Remembered {
  key: Buffer;
  print: Buffer;
}

/** How an intent remembers a caller's Idempotency-Key. */
export function rememberedOf(app: App, caller: Caller): Remembered | undefined {
  const kept = caller.idempotency;
  if (kept === undefined) return undefined;
  const key = app.keys.requestDigest('payment-intent\n', kept.scope, '\n', kept.keyHash);
  return { key, print: kept.fingerprint };
}

/**
 * Looks whether a request was made before under its Idempotency-Key. Out: the intent it opened,
 * taken up again, if it has not been answered yet; a kept answer ends the transaction. Errors: 409
 * for another request under the same key.
 */
export async function earlierIntent(
  w: Work,
  app: App,
  caller: Caller,
  customerId: string,
): Promise<string | undefined> {
  const remembered = rememberedOf(app, caller);
  if (caller.idempotency === undefined || remembered === undefined) return undefined;
  await replayKept(w, caller, caller.idempotency, app.keys);
  const { key, print } = remembered;
  w.defer(freeRequestKey(caller.workspaceId, customerId, key));
  const { rows } = await w.run<{ id: string; request_print: Buffer }>(
    intentOfRequest(caller.workspaceId, customerId, key),
  );
  const earlier = rows[0];
  if (earlier === undefined) return undefined;
  if (!earlier.request_print.equals(print)) throw keyReused();
  w.defer(resumeIntent(caller.workspaceId, earlier.id, QUIET_SECONDS));
  return earlier.id;
}

/** What a request is told again under its key; anything else may be otherwise the next time. */
const LASTING = new Set<ErrorKind>(['bad_request', 'forbidden', 'not_found', 'invalid']);

/** A caller whose Idempotency-Key is not claimed yet. */
function unclaimed(caller: Caller): Caller {
  const { idempotency: _kept, ...rest } = caller;
  return rest;
}

/** A transaction before the last of a request. */
export function early<T>(app: App, caller: Caller, body: (w: Work) => Promise<T>): Promise<T> {
  return app.work(unclaimed(caller), body, {
    // Only a request of this very moment with the same key can have got in between.
    explain: async (constraint) =>
      constraint === 'payment_intents_request_key'
        ? new DomainError('Busy', 'conflict', 'Another request with this key is under way')
        : undefined,
  });
}

/**
 * Runs work that takes several transactions and keeps its answer, or its refusal, under the
 * caller's Idempotency-Key in the last one (README decision 15).
 */
export async function answered<T, R>(
  app: App,
  caller: Caller,
  steps: () => Promise<T>,
  last: (w: Work, outcome: T) => Promise<R> | Later<R>,
): Promise<R> {
  let outcome: T;
  try {
    outcome = await steps();
  } catch (error) {
    const lasting = error instanceof DomainError && LASTING.has(error.kind);
    if (caller.idempotency === undefined || !lasting) throw error;
    return app.work(caller, async () => {
      throw error;
    });
  }
  return app.work(caller, (w) => last(w, outcome));
}
