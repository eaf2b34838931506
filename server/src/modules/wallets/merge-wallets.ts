import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import {
  closeWallet,
  giveHolds,
  giveWallet,
  lockWalletsOf,
  mergeIn,
  mergeOut,
  pendingHolds,
} from './merge.store.ts';
import { expireNow, move } from './move-money.ts';
import { noWallet } from './read-wallets.ts';
import type { Wallet } from './wallet.ts';

/** Money of one currency, in minor units. */
export interface Money {
  cash: bigint;
  promotional: bigint;
  held: bigint;
}

/** A wallet that is locked for a merge or for undoing one. */
export interface LockedWallet extends Money {
  id: string;
  customer_id: string;
  currency: string;
  is_primary: boolean;
  promotional_expires_at: string | null;
  credit_limit: bigint | null;
}

/** What a merge did with one wallet of the source; an undo reads it. Amounts are text. */
export interface WalletMove {
  how: 'moved' | 'folded';
  currency: string;
  is_primary: boolean;
  credit_limit: string | null;
  cash: string;
  promotional: string;
  expires_at: string | null;
  /** When the promotional money of the wallet it went into ended, before and after. */
  into_expires_at: string | null;
  merged_expires_at: string | null;
}

/** A pending hold that went along, and of which wallet it was. */
export interface HoldMove {
  wallet_id: string;
  amount: string;
}

/** What both customers had of a currency, and what the survivor has after a merge. */
export interface MergedBalance {
  currency: string;
  source: Money | null;
  target: Money | null;
  result: Money;
}

/** What a merge did with all wallets of its source. */
export interface MergedWallets {
  wallets: Map<string, WalletMove>;
  holds: Map<string, HoldMove>;
  balances: MergedBalance[];
}

/** Locks the open wallets of customers; promotional money whose time is up ends first. */
export async function lockForMerge(
  w: Work,
  caller: Caller,
  customerIds: string[],
): Promise<LockedWallet[]> {
  const lock = lockWalletsOf(caller.workspaceId, customerIds);
  type Row = { [K in keyof LockedWallet]: never } & { id: string; overdue: boolean };
  let { rows } = await w.run<Row>(lock);
  const overdue = rows.filter((row) => row.overdue);
  for (const { id } of overdue) await expireNow(w, caller, id);
  if (overdue.length > 0) ({ rows } = await w.run<Row>(lock));
  return rows.map(({ overdue: _, ...row }) => ({
    ...row,
    cash: BigInt(row.cash),
    promotional: BigInt(row.promotional),
    held: BigInt(row.held),
    credit_limit: row.credit_limit === null ? null : BigInt(row.credit_limit),
  }));
}

/**
 * Moves money from one locked wallet to another by a pair of entries. `ends`: when promotional
 * money ends that is left in `from`, and that `to` has then.
 */
export async function pass(
  w: Work,
  caller: Caller,
  from: string,
  to: string,
  { cash, promotional, held }: Money,
  ends: { from: string | null; to: string | null },
): Promise<void> {
  if (cash === 0n && promotional === 0n && held === 0n) return;
  const rest = [promotional.toString(), held.toString()];
  const gone = (wallet: Wallet) => noWallet(wallet.id);
  const out = { relatedId: to, more: [...rest, ends.from] };
  await move(w, caller, from, mergeOut, cash, out, gone);
  await move(w, caller, to, mergeIn, cash, { relatedId: from, more: [...rest, ends.to] }, gone);
}

const part = ({ cash, promotional, held }: Money): Money => ({ cash, promotional, held });

/** The earlier end of two amounts of promotional money; null never ends. */
function earlierEnd(a: LockedWallet, b: LockedWallet): string | null {
  const ends = [a, b].filter((x) => x.promotional > 0n).map((x) => x.promotional_expires_at);
  return ends.filter((end) => end !== null).sort()[0] ?? null;
}

/** Notes in the audit trail that a wallet went to another customer or was closed. */
export function noteWallet(w: Work, id: string, customerId: string, before: object, after: object) {
  w.record({
    entity: 'wallet',
    entityId: id,
    customerId,
    before: { ...before },
    after: { ...after },
    personal: [],
  });
}

/**
 * Gives the source's wallets to the target (billing.md C8): one of a currency that the target
 * lacks moves as it is and becomes secondary; of any other the money goes into the target's by new
 * entries, with the earlier end of promotional money and with pending holds, and it is closed.
 * Both customers are locked.
 */
export async function mergeWallets(
  w: Work,
  caller: Caller,
  sourceId: string,
  targetId: string,
): Promise<MergedWallets> {
  const locked = await lockForMerge(w, caller, [sourceId, targetId]);
  const own = locked.filter((x) => x.customer_id === sourceId);
  const byCurrency = new Map(
    locked.filter((x) => x.customer_id === targetId).map((x) => [x.currency, x]),
  );
  const { rows: pending } = await w.run<HoldMove & { id: string }>(
    pendingHolds(
      caller.workspaceId,
      own.map((x) => x.id),
    ),
  );
  const done: MergedWallets = { wallets: new Map(), holds: new Map(), balances: [] };
  for (const { id, wallet_id, amount } of pending) done.holds.set(id, { wallet_id, amount });
  const at = new Date().toISOString();
  for (const x of own) {
    const into = byCurrency.get(x.currency);
    const end = into === undefined ? x.promotional_expires_at : earlierEnd(x, into);
    done.wallets.set(x.id, {
      how: into === undefined ? 'moved' : 'folded',
      currency: x.currency,
      is_primary: x.is_primary,
      credit_limit: x.credit_limit?.toString() ?? null,
      cash: x.cash.toString(),
      promotional: x.promotional.toString(),
      expires_at: x.promotional_expires_at,
      into_expires_at: into?.promotional_expires_at ?? null,
      merged_expires_at: end,
    });
    if (into === undefined) {
      w.defer(giveWallet(caller.workspaceId, x.id, targetId, false, at));
      noteWallet(w, x.id, targetId, { customer_id: sourceId }, { customer_id: targetId });
    } else {
      await pass(w, caller, x.id, into.id, x, { from: null, to: end });
      const holds = pending.filter((hold) => hold.wallet_id === x.id).map((hold) => hold.id);
      if (holds.length > 0) w.defer(giveHolds(caller.workspaceId, holds, into.id));
      w.defer(closeWallet(caller.workspaceId, x.id, at));
      noteWallet(w, x.id, sourceId, { closed_at: null }, { closed_at: at });
    }
  }
  done.balances = balancesOf(own, byCurrency);
  return done;
}

function balancesOf(own: LockedWallet[], target: Map<string, LockedWallet>): MergedBalance[] {
  const source = new Map(own.map((x) => [x.currency, x]));
  return [...new Set([...source.keys(), ...target.keys()])].sort().map((currency) => {
    const [a, b] = [source.get(currency), target.get(currency)];
    const sum = (name: keyof Money) => (a?.[name] ?? 0n) + (b?.[name] ?? 0n);
    return {
      currency,
      source: a === undefined ? null : part(a),
      target: b === undefined ? null : part(b),
      result: { cash: sum('cash'), promotional: sum('promotional'), held: sum('held') },
    };
  });
}
