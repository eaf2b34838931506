import type { Caller } from '../kernel/caller.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Keys } from '../kernel/secrets.ts';
import type { Result } from './drivers/batch.ts';
import { sendBatch } from './drivers/batch.ts';
import type { Driver, HeldClient, Lane } from './drivers/driver.ts';
import { type Statement, statement } from './drivers/statement.ts';
import { entryStatement, forRole } from './entry.ts';
import { brokenConstraint, isTransient, publicFailure } from './failures.ts';
import { claimKey, keepAnswer, keepRefusal } from './idempotency.ts';
import { type Change, journalStatement } from './journal.ts';
import { Later } from './later.ts';
import { enqueueStatement, type NewJob } from './queue.ts';

/** What a verb may do inside its transaction. It gets no way to the outside world. */
export interface Work {
  /** Runs a statement now and waits for its rows: one round trip. */
  run<T = Record<string, unknown>>(s: Statement): Promise<Result<T>>;
  /** Runs a statement together with the commit; alone, the transaction is one round trip. */
  defer<T = Record<string, unknown>>(s: Statement): Later<Result<T>>;
  /** Runs all that was deferred, now and in one round trip; the result of one of them. */
  now<T>(later: Later<T>): Promise<T>;
  /** Notes a change: its audit row and its event commit with it or not at all. */
  record(change: Change): void;
  /** Asks for work to be done once this has committed; it is not done if it does not. */
  enqueue(job: NewJob): void;
  /**
   * Says whom the answer is about where nothing is recorded: a kept answer is found by it when
   * the customer is erased.
   */
  concerns(customerId: string): void;
  /** Runs a part of the transaction; if it fails, what it did is taken back and the rest stands. */
  attempt<T>(part: () => Promise<T>): Promise<T>;
}

export interface WorkOptions {
  lane?: Lane;
  /** Does everything, then takes it back (an import's dry run). */
  rollback?: boolean;
  /** Says what a broken constraint means to a caller; runs after the transaction is gone. */
  explain?: (constraint: string) => Promise<DomainError | undefined>;
}

/** The one door to the database. Fails closed: without a live caller no statement runs. */
export type WorkDoor = <T>(
  caller: Caller,
  body: (w: Work) => Promise<T | Later<T>> | Later<T>,
  options?: WorkOptions,
) => Promise<T>;

const begin = statement('tx.begin', 'begin');
const commit = statement('tx.commit', 'commit');
const rollback = statement('tx.rollback', 'rollback');
const savepoint = statement('tx.savepoint', 'savepoint part');
const release = statement('tx.release', 'release savepoint part');
const takeBack = statement('tx.take_back', 'rollback to savepoint part');
interface Deferred {
  statement: Statement;
  result?: Result;
}

class Transaction implements Work {
  readonly #driver: Driver;
  readonly #caller: Caller;
  readonly #keys: Keys;
  #lane: Lane;
  #held: HeldClient | undefined;
  #deferred: Deferred[] = [];
  #changes: Change[] = [];
  #failed: unknown;
  customerId: string | null;

  constructor(driver: Driver, keys: Keys, caller: Caller, lane: Lane) {
    this.#driver = driver;
    this.#keys = keys;
    this.#caller = caller;
    this.#lane = lane;
    this.customerId = caller.portal?.customerId ?? null;
  }

  async run<T>(s: Statement): Promise<Result<T>> {
    return this.now(this.defer<T>(s));
  }

  async now<T>(later: Later<T>): Promise<T> {
    await this.flush();
    return Later.value(later);
  }

  defer<T>(s: Statement): Later<Result<T>> {
    const entry: Deferred = { statement: s };
    this.#deferred.push(entry);
    return new Later(() => entry.result as Result<T>);
  }

  record(change: Change): void {
    // Commits that wait for the disk together are cheaper than one behind the other.
    this.#lane = 'slow';
    this.#changes.push(change);
    if (change.customerId !== null) this.concerns(change.customerId);
  }

  enqueue(job: NewJob): void {
    this.#lane = 'slow';
    this.defer(enqueueStatement(this.#keys, this.#caller, job));
  }

  concerns(customerId: string): void {
    this.customerId = customerId;
  }

  async attempt<T>(part: () => Promise<T>): Promise<T> {
    await this.flush();
    this.defer(savepoint());
    try {
      const value = await part();
      await this.flush();
      this.defer(release());
      return value;
    } catch (error) {
      this.#deferred = [];
      this.#changes = [];
      if (this.#held !== undefined) {
        // Fails where the transaction itself could not begin: the first error says why.
        await sendBatch(this.#held.client, [takeBack(), release()]).then(
          () => {
            this.#failed = undefined;
          },
          () => {},
        );
      }
      throw error;
    }
  }

  /** Sends what was deferred, without ending the transaction. */
  async flush(): Promise<void> {
    const entries = this.#takeDeferred();
    if (entries.length > 0) await this.#send(entries);
  }

  /** Ends the transaction; a transaction that never needed a client of its own is one round trip. */
  async end(how: 'commit' | 'rollback'): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    const entries = this.#takeDeferred();
    if (this.#held === undefined) {
      if (how === 'rollback') {
        await this.#send(entries);
        await this.#send([{ statement: rollback() }]);
        return;
      }
      if (entries.length === 0) return;
      const [, ...results] = await this.#driver.batch(
        [entryStatement(this.#caller), ...entries.map((e) => forRole(this.#caller, e.statement))],
        this.#lane,
      );
      entries.forEach((e, i) => {
        e.result = results[i] as Result;
      });
      return;
    }
    await this.#send([...entries, { statement: how === 'commit' ? commit() : rollback() }]);
  }

  async abandon(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    try {
      await sendBatch(held.client, [rollback()]);
      held.release();
    } catch {
      held.release(true);
    }
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  #takeDeferred(): Deferred[] {
    if (this.#changes.length > 0) {
      this.#deferred.push({
        statement: journalStatement(this.#keys, this.#caller, this.#changes),
      });
      this.#changes = [];
    }
    const entries = this.#deferred;
    this.#deferred = [];
    return entries;
  }

  async #send(entries: Deferred[]): Promise<Result[]> {
    const prelude: Statement[] = [];
    if (this.#held === undefined) {
      this.#held = await this.#driver.hold('transaction');
      prelude.push(begin(), entryStatement(this.#caller));
    }
    try {
      const results = await sendBatch(this.#held.client, [
        ...prelude,
        ...entries.map((e) => forRole(this.#caller, e.statement)),
      ]);
      const own = results.slice(prelude.length);
      entries.forEach((e, i) => {
        e.result = own[i] as Result;
      });
      return own;
    } catch (error) {
      this.#failed = error;
      throw error;
    }
  }
}

const MOST_ATTEMPTS = 4;

/** Makes the door over one driver. */
export function createWork(driver: Driver, keys: Keys): WorkDoor {
  const inside = new WeakSet<Caller>();

  async function once<T>(
    caller: Caller,
    body: (w: Work) => Promise<T | Later<T>> | Later<T>,
    options: WorkOptions,
    about: (customerId: string | null) => void,
  ): Promise<T> {
    const tx = new Transaction(driver, keys, caller, options.lane ?? 'fast');
    const kept = caller.idempotency;
    try {
      if (kept !== undefined) await claimKey(tx, caller, kept, keys);
      const returned = await body(tx);
      if (kept !== undefined) {
        await tx.flush();
        const outcome = returned instanceof Later ? Later.value(returned) : returned;
        keepAnswer(tx, caller, kept, kept.answer(outcome), keys, tx.customerId);
      }
      await tx.end(options.rollback ? 'rollback' : 'commit');
      tx.release();
      return returned instanceof Later ? Later.value(returned) : returned;
    } catch (error) {
      about(tx.customerId);
      await tx.abandon();
      throw error;
    }
  }

  return async (caller, body, options = {}) => {
    if (inside.has(caller)) throw new Error('A transaction of this caller is already open');
    inside.add(caller);
    let customerId: string | null = null;
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(caller, body, options, (id) => {
            customerId = id;
          });
        } catch (error) {
          if (!isTransient(error) || attempt === MOST_ATTEMPTS) throw error;
        }
      }
    } catch (error) {
      inside.delete(caller);
      const constraint = brokenConstraint(error);
      const explained = constraint === undefined ? undefined : await options.explain?.(constraint);
      const failure = explained ?? publicFailure(error);
      if (caller.idempotency !== undefined && failure instanceof DomainError) {
        await keepRefusal(driver, caller, caller.idempotency, failure, keys, customerId);
      }
      throw failure;
    } finally {
      inside.delete(caller);
    }
  };
}
