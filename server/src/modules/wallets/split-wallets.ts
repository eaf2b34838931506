import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import { writeMoney } from '../../kernel/money.ts';
import { giveHolds, giveWallet, likeWallet, pendingHolds, reopenWallet } from './merge.store.ts';
import {
  type HoldMove,
  type LockedWallet,
  lockForMerge,
  type Money,
  noteWallet,
  pass,
  type WalletMove,
} from './merge-wallets.ts';
import type { Wallet } from './wallet.ts';

type Mode = Wallet['mode'];

/** A customer whose wallets are split, with the mode that its limits follow. */
export interface Side {
  id: string;
  mode: Mode;
}

/** Something that could not be returned. */
export interface Unsplit {
  kind: string;
  id: string;
  detail: string;
}

interface PendingHold {
  id: string;
  amount: bigint;
}

const least = (...values: bigint[]) => values.sort((a, b) => (a < b ? -1 : 1))[0] as bigint;
const positive = (value: bigint) => (value > 0n ? value : 0n);

/** How far a wallet may go below zero; undefined for any. */
const depth = (mode: Mode, creditLimit: bigint | null): bigint | undefined =>
  mode === 'PREPAID' ? 0n : (creditLimit ?? undefined);

/**
 * What the survivor's wallet can give of what is due, without going below its own limit: first
 * promotional money, then cash. A debt that is due goes back whole.
 */
function share(pool: LockedWallet, mode: Mode, due: Money): Money {
  const below = depth(mode, pool.credit_limit);
  const free = pool.cash + pool.promotional - (pool.held - due.held);
  const promotional =
    below === undefined
      ? least(due.promotional, pool.promotional)
      : least(due.promotional, pool.promotional, positive(free + below));
  if (due.cash <= 0n || below === undefined) return { ...due, promotional };
  const room = positive(free + below - promotional);
  const most = mode === 'PREPAID' ? least(room, positive(pool.cash)) : room;
  return { cash: least(due.cash, most), promotional, held: due.held };
}

/** As many of the holds as the money that goes back covers, the oldest first. */
function affordable(
  pool: LockedWallet,
  sides: { source: Side; target: Side },
  due: Money,
  creditLimit: bigint | null,
  holds: PendingHold[],
): { given: Money; holds: PendingHold[] } {
  const below = depth(sides.source.mode, creditLimit);
  for (let n = holds.length; ; n -= 1) {
    const kept = holds.slice(0, n);
    const held = kept.reduce((sum, hold) => sum + hold.amount, 0n);
    const given = share(pool, sides.target.mode, { ...due, held });
    const short = given.cash < due.cash || given.promotional < due.promotional;
    const left = given.cash + given.promotional - held;
    const covered = below === undefined || left + below >= 0n;
    if (n === 0 || !short || covered) return { given, holds: kept };
  }
}

/** Takes money apart that a merge put together; all customers and wallets are locked. */
class Split {
  readonly unsplit: Unsplit[] = [];
  readonly #w: Work;
  readonly #caller: Caller;
  readonly #sides: { source: Side; target: Side };
  readonly #open: LockedWallet[];
  readonly #holds: (PendingHold & { wallet_id: string })[];
  readonly #at = new Date().toISOString();

  constructor(
    w: Work,
    caller: Caller,
    sides: { source: Side; target: Side },
    open: LockedWallet[],
    holds: (PendingHold & { wallet_id: string })[],
  ) {
    this.#w = w;
    this.#caller = caller;
    this.#sides = sides;
    this.#open = open;
    this.#holds = holds;
  }

  #missing(id: string, currency: string, what: string, amount: bigint): void {
    if (amount <= 0n) return;
    const detail = `${writeMoney(amount, currency)} ${currency} of its ${what} money is spent or has ended`;
    this.unsplit.push({ kind: 'wallet', id, detail });
  }

  /** What of a wallet's money and holds can go back, with everything else told. */
  #returned(id: string, was: WalletMove, went: Map<string, HoldMove>, pool: LockedWallet) {
    const theirs = this.#holds.filter((h) => h.wallet_id === pool.id && went.has(h.id));
    const expired = was.expires_at !== null && Date.parse(was.expires_at) <= Date.now();
    const promotional = BigInt(was.promotional);
    const due = { cash: BigInt(was.cash), promotional: expired ? 0n : promotional, held: 0n };
    const limit = was.credit_limit === null ? null : BigInt(was.credit_limit);
    const { given, holds } = affordable(pool, this.#sides, due, limit, theirs);
    this.#missing(id, was.currency, 'cash', due.cash - given.cash);
    this.#missing(id, was.currency, 'promotional', promotional - given.promotional);
    const back = new Set(holds.map((hold) => hold.id));
    for (const hold of went.keys()) {
      if (back.has(hold)) continue;
      const detail = 'It is settled, or what is left does not cover it: it stays with the target';
      this.unsplit.push({ kind: 'wallet_holds', id: hold, detail });
    }
    return { given, holds: [...back] };
  }

  /** Opens a wallet again whose money went into one of the survivor's. */
  async unfold(id: string, was: WalletMove, went: Map<string, HoldMove>): Promise<void> {
    const { source, target } = this.#sides;
    const ws = this.#caller.workspaceId;
    this.#w.defer(reopenWallet(ws, id, was.is_primary, this.#at, source.id));
    noteWallet(this.#w, id, source.id, { closed_at: this.#at }, { closed_at: null });
    const pool = this.#open.find((x) => x.currency === was.currency && x.customer_id === target.id);
    if (pool === undefined) {
      this.#missing(id, was.currency, 'cash', BigInt(was.cash));
      this.#missing(id, was.currency, 'promotional', BigInt(was.promotional));
      return;
    }
    const { given, holds } = this.#returned(id, was, went, pool);
    const untouched = pool.promotional_expires_at === was.merged_expires_at;
    const left = pool.promotional - given.promotional;
    const own = untouched ? was.into_expires_at : pool.promotional_expires_at;
    const ends = {
      from: left > 0n ? own : null,
      to: given.promotional > 0n ? was.expires_at : null,
    };
    await pass(this.#w, this.#caller, pool.id, id, given, ends);
    if (holds.length > 0) this.#w.defer(giveHolds(ws, holds, id));
    pool.cash -= given.cash;
    pool.promotional -= given.promotional;
    pool.held -= given.held;
    pool.promotional_expires_at = ends.from;
  }

  /** Returns a wallet that moved as it was; what happened to it since goes to a new one. */
  async giveBack(id: string, was: WalletMove, went: Map<string, HoldMove>): Promise<void> {
    const { source, target } = this.#sides;
    const ws = this.#caller.workspaceId;
    const pool = this.#open.find((x) => x.id === id && x.customer_id === target.id);
    if (pool === undefined) {
      this.unsplit.push({ kind: 'wallet', id, detail: 'It is not with the target any more' });
      return;
    }
    const { given, holds } = this.#returned(id, was, went, pool);
    this.#w.defer(giveWallet(ws, id, source.id, was.is_primary, this.#at));
    noteWallet(this.#w, id, source.id, { customer_id: target.id }, { customer_id: source.id });
    const rest: Money = {
      cash: pool.cash - given.cash,
      promotional: pool.promotional - given.promotional,
      held: pool.held - given.held,
    };
    const others = this.#holds.filter((h) => h.wallet_id === id && !holds.includes(h.id));
    pool.customer_id = source.id;
    if (rest.cash === 0n && rest.promotional === 0n && others.length === 0) return;
    const made = newId();
    this.#w.defer(likeWallet(ws, id, made, target.id, this.#at));
    noteWallet(this.#w, made, target.id, { currency: null }, { currency: was.currency });
    await pass(this.#w, this.#caller, id, made, rest, {
      from: given.promotional > 0n ? was.expires_at : null,
      to: rest.promotional > 0n ? pool.promotional_expires_at : null,
    });
    const ids = others.map((hold) => hold.id);
    if (ids.length > 0) this.#w.defer(giveHolds(ws, ids, made));
    this.#open.push({ ...pool, ...rest, id: made, customer_id: target.id });
  }
}

/**
 * Returns to the source what a merge took of its wallets, by new entries and as far as the
 * survivor's balance allows. Both customers are locked and live. Out: what could not be returned.
 */
export async function splitWallets(
  w: Work,
  caller: Caller,
  sides: { source: Side; target: Side },
  moved: { wallets: Map<string, WalletMove>; holds: Map<string, HoldMove> },
): Promise<Unsplit[]> {
  const open = await lockForMerge(w, caller, [sides.target.id]);
  const { rows } = await w.run<{ wallet_id: string; id: string; amount: string }>(
    pendingHolds(
      caller.workspaceId,
      open.map((x) => x.id),
    ),
  );
  const holds = rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
  const split = new Split(w, caller, sides, open, holds);
  for (const [id, was] of moved.wallets) {
    const went = new Map([...moved.holds].filter(([, hold]) => hold.wallet_id === id));
    if (was.how === 'folded') await split.unfold(id, was, went);
    else await split.giveBack(id, was, went);
  }
  return split.unsplit;
}
