import type { Answer } from '../kernel/answer.ts';
import type { Caller, IdempotentRequest } from '../kernel/caller.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Keys } from '../kernel/secrets.ts';
import { type Statement, statement } from './drivers/statement.ts';
import { ReplayedAnswer } from './idempotency.ts';
import type { Work } from './work.ts';

// A run that was cut off leaves its claim behind; one that lives renews it all the time.
const LEASE = `interval '60 seconds'`;

const claim = statement(
  'long_runs.claim',
  `insert into idempotency_keys as k (workspace_id, scope, key_hash, fingerprint)
   values ($1, $2, $3, $4)
   on conflict (workspace_id, scope, key_hash) do update
     set fingerprint = excluded.fingerprint, created_at = now(), status = null, answer = null,
         customer_id = null
     where k.created_at < now() - interval '24 hours'
        or (k.status is null and k.created_at < now() - ${LEASE})
   returning 1`,
);
const existing = statement(
  'long_runs.existing',
  `select fingerprint, answer from idempotency_keys
   where workspace_id = $1 and scope = $2 and key_hash = $3`,
);
const renew = statement(
  'long_runs.renew',
  `update idempotency_keys set created_at = now()
   where workspace_id = $1 and scope = $2 and key_hash = $3 and status is null`,
);
const keep = statement(
  'long_runs.keep',
  `update idempotency_keys set created_at = now(), status = $4, answer = $5
   where workspace_id = $1 and scope = $2 and key_hash = $3 and status is null`,
);
const giveUp = statement(
  'long_runs.give_up',
  `update idempotency_keys set created_at = now() - ${LEASE}
   where workspace_id = $1 and scope = $2 and key_hash = $3 and status is null`,
);

/**
 * The Idempotency-Key of a run that is many transactions (README decision 15): claimed before the
 * first, renewed by each, and given its answer after the last.
 */
export class RunKey {
  readonly #place: unknown[];
  readonly #kept: IdempotentRequest;
  readonly #keys: Keys;

  constructor(caller: Caller, kept: IdempotentRequest, keys: Keys) {
    this.#place = [caller.workspaceId, kept.scope, kept.keyHash];
    this.#kept = kept;
    this.#keys = keys;
  }

  /** Errors: 409 for another body under the same key, or while a run of it lives. */
  async claim(w: Work): Promise<void> {
    const claimed = await w.run(claim(...this.#place, this.#kept.fingerprint));
    if (claimed.rowCount > 0) return;
    const { rows } = await w.run<{ fingerprint: Buffer; answer: Buffer | null }>(
      existing(...this.#place),
    );
    const found = rows[0];
    if (found !== undefined && !found.fingerprint.equals(this.#kept.fingerprint)) {
      throw new DomainError(
        'IdempotencyKeyReused',
        'conflict',
        'This Idempotency-Key was used with another request',
      );
    }
    if (found?.answer == null) {
      throw new DomainError('Busy', 'conflict', 'Another request is still working on this');
    }
    throw new ReplayedAnswer(JSON.parse(this.#keys.open(found.answer)) as Answer);
  }

  renew(): Statement {
    return renew(...this.#place);
  }

  /** In: the run's outcome, as the route writes it. */
  keep(outcome: unknown): Statement {
    return this.#keep(this.#kept.answer(outcome));
  }

  /** Ends a run that failed: a refusal is an answer too; after anything else the key is free. */
  fail(error: unknown): Statement {
    const refusal = this.#kept.refuse(error);
    return refusal === undefined ? giveUp(...this.#place) : this.#keep(refusal);
  }

  #keep(answer: Answer): Statement {
    return keep(...this.#place, answer.status, this.#keys.seal(JSON.stringify(answer)));
  }
}
