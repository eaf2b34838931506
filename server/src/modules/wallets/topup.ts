import type { Work } from '../../db/work.ts';
import { newId } from '../../kernel/ids.ts';
import type { ProcessorName } from '../payment-methods/index.ts';
import { insertTopUp } from './topups.store.ts';
import type { LedgerEntry, Wallet } from './wallet.ts';

/** The kind of job that has a charge made and puts it into the wallet. */
export const TOP_UP = 'top_up_wallet';

/** What the ledger can count up to. */
export const MOST = 2n ** 63n - 1n;

/** A pending charge, and how its wallet stands. Amounts are minor units. */
export interface TopUp {
  workspace_id: string;
  id: string;
  wallet_id: string;
  customer_id: string;
  amount: bigint;
  processor: ProcessorName | null;
  payer_ref: string | null;
  method_ref: string | null;
  attempts: number;
  rounds: number;
  created_at: string;
  currency: string;
  cash: bigint;
  /** Cash and promotional money. */
  balance: bigint;
  max_balance: bigint | null;
  max_single_credit: bigint | null;
  low_balance_threshold: bigint | null;
  auto_topup_amount: bigint | null;
  /** Whether the wallet and its customer are there and want to be filled up. */
  wanted: boolean;
}

type Filling = Pick<Wallet, 'cash' | 'low_balance_threshold' | 'auto_topup_amount'>;

/** As many times the amount as one charge needs to lift the cash to the threshold; 0 for none. */
export function gapOf({ cash, low_balance_threshold, auto_topup_amount }: Filling): bigint {
  if (low_balance_threshold === null || auto_topup_amount === null) return 0n;
  const gap = low_balance_threshold - cash;
  if (gap <= 0n) return 0n;
  const times = (gap + auto_topup_amount - 1n) / auto_topup_amount;
  const amount = times * auto_topup_amount;
  return amount > MOST ? MOST : amount;
}

/** Whether a movement leaves less to spend, or less cash. */
export const lowers = ({ cash, promotional, held }: LedgerEntry): boolean =>
  cash < 0n || cash + promotional - held < 0n;

/**
 * Asks for a charge where a wallet that is locked fell below its threshold (billing.md C7), in this
 * transaction and without a round trip of its own. In: the wallet, and `due` as `walletAfter` tells.
 */
export function topUpIfDue(w: Work, wallet: Wallet, due: boolean): void {
  if (!due) return;
  const id = newId();
  const { workspace_id: workspaceId, customer_id: customerId } = wallet;
  w.defer(insertTopUp(workspaceId, id, wallet.id, customerId, gapOf(wallet).toString()));
  queueTopUp(w, id);
}

/** The job names no customer: what may have been charged is settled after an erasure, too. */
export function queueTopUp(w: Work, id: string, inSeconds = 0): void {
  const runAt = new Date(Date.now() + inSeconds * 1000).toISOString();
  w.enqueue({ kind: TOP_UP, payload: { id }, ...(inSeconds === 0 ? {} : { runAt }) });
}
