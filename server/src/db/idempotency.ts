import type { Answer } from '../kernel/answer.ts';
import type { Caller, IdempotentRequest } from '../kernel/caller.ts';
import { DomainError, notFound } from '../kernel/errors.ts';
import type { Keys } from '../kernel/secrets.ts';
import type { Driver } from './drivers/driver.ts';
import { type Statement, statement } from './drivers/statement.ts';
import { entryStatement, forRole } from './entry.ts';
import type { Work } from './work.ts';

/** Thrown out of a transaction whose answer is already known: the first one is given again. */
export class ReplayedAnswer extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('replayed');
    this.answer = answer;
  }
}

// A second request with the same key waits here until the first has committed or rolled back.
const patience = statement('idempotency.patience', `set local lock_timeout = '10s'`);
const claim = statement(
  'idempotency.claim',
  `insert into idempotency_keys as k (workspace_id, scope, key_hash, fingerprint, customer_id)
   values ($1, $2, $3, $4, $5)
   on conflict (workspace_id, scope, key_hash) do update
     set fingerprint = excluded.fingerprint, created_at = now(), status = null, answer = null,
         customer_id = excluded.customer_id
     where k.created_at < now() - interval '24 hours'
   returning 1`,
);
const existing = statement(
  'idempotency.existing',
  `select fingerprint, status, answer from idempotency_keys
   where workspace_id = $1 and scope = $2 and key_hash = $3`,
);
const keep = statement(
  'idempotency.keep',
  `update idempotency_keys set status = $4, answer = $5, customer_id = $6
   where workspace_id = $1 and scope = $2 and key_hash = $3`,
);
const keepWhole = statement(
  'idempotency.keep_refusal',
  `insert into idempotency_keys as k
     (workspace_id, scope, key_hash, fingerprint, status, answer, customer_id)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (workspace_id, scope, key_hash) do update
     set fingerprint = excluded.fingerprint, created_at = now(), status = excluded.status,
         answer = excluded.answer, customer_id = excluded.customer_id
     where k.created_at < now() - interval '24 hours'`,
);

const fresh = statement(
  'idempotency.fresh',
  `select fingerprint, status, answer from idempotency_keys
   where workspace_id = $1 and scope = $2 and key_hash = $3
     and created_at > now() - interval '24 hours'`,
);

interface Kept {
  fingerprint: Buffer;
  status: number | null;
  answer: Buffer | null;
}

const place = (caller: Caller, kept: IdempotentRequest) =>
  [caller.workspaceId, kept.scope, kept.keyHash] as const;

/**
 * Claims the key inside the transaction, or ends it with the kept answer (README decision 15).
 * Errors: 409 for another body under the same key, or while the first request still runs.
 */
export async function claimKey(
  w: Work,
  caller: Caller,
  kept: IdempotentRequest,
  keys: Keys,
): Promise<void> {
  w.defer(patience());
  const claimed = await w.run(
    claim(...place(caller, kept), kept.fingerprint, caller.portal?.customerId ?? null),
  );
  if (claimed.rowCount > 0) return;
  const { rows } = await w.run<Kept>(existing(...place(caller, kept)));
  replay(rows[0], kept, keys);
}

function replay(found: Kept | undefined, kept: IdempotentRequest, keys: Keys): never {
  if (found === undefined || !found.fingerprint.equals(kept.fingerprint)) throw keyReused();
  if (found.status === null || found.answer === null) throw notFound();
  throw new ReplayedAnswer(JSON.parse(keys.open(found.answer)) as Answer);
}

/** The error for a key that comes with another request than before. */
export const keyReused = () =>
  new DomainError(
    'IdempotencyKeyReused',
    'conflict',
    'This Idempotency-Key was used with another request',
  );

/**
 * Ends the transaction with the kept answer of a key, if there is one; for work that takes several
 * transactions, of which only the last claims the key. Errors: as of `claimKey`.
 */
export async function replayKept(
  w: Work,
  caller: Caller,
  kept: IdempotentRequest,
  keys: Keys,
): Promise<void> {
  const { rows } = await w.run<Kept>(fresh(...place(caller, kept)));
  if (rows[0] !== undefined) replay(rows[0], kept, keys);
}

/** Keeps the answer of a claimed key; commits with the effect. */
export function keepAnswer(
  w: Work,
  caller: Caller,
  kept: IdempotentRequest,
  answer: Answer,
  keys: Keys,
  customerId: string | null,
): void {
  w.defer(
    keep(...place(caller, kept), answer.status, keys.seal(JSON.stringify(answer)), customerId),
  );
}

/** Keeps a refusal, whose transaction was rolled back, in one of its own. */
export async function keepRefusal(
  driver: Driver,
  caller: Caller,
  kept: IdempotentRequest,
  error: unknown,
  keys: Keys,
  customerId: string | null,
): Promise<void> {
  const answer = kept.refuse(error);
  if (answer === undefined) return;
  const s: Statement = keepWhole(
    ...place(caller, kept),
    kept.fingerprint,
    answer.status,
    keys.seal(JSON.stringify(answer)),
    customerId,
  );
  await driver.batch([entryStatement(caller), forRole(caller, s)], 'slow');
}
