/** Money of a customer in one currency (billing.md C7). Amounts are minor units. */
export interface Wallet {
  workspace_id: string;
  id: string;
  customer_id: string;
  currency: string;
  mode: 'PREPAID' | 'POSTPAID';
  is_primary: boolean;
  cash: bigint;
  promotional: bigint;
  promotional_expires_at: string | null;
  held: bigint;
  /** Cash and promotional money that is neither held nor expired. */
  available: bigint;
  credit_limit: bigint | null;
  max_balance: bigint | null;
  max_single_credit: bigint | null;
  low_balance_threshold: bigint | null;
  auto_topup_enabled: boolean;
  auto_topup_amount: bigint | null;
  created_at: string;
  modified_at: string | null;
}

/** Something that happened to a wallet; never changes. Amounts are minor units. */
export interface LedgerEntry {
  id: string;
  wallet_id: string;
  seq: number;
  kind: string;
  currency: string;
  cash: bigint;
  promotional: bigint;
  held: bigint;
  counter_account: string;
  cash_after: bigint;
  promotional_after: bigint;
  held_after: bigint;
  related_id: string | null;
  reason: string | null;
  reference: string | null;
  at: string;
}

/** Money that is kept ready. */
export interface Hold {
  id: string;
  wallet_id: string;
  amount: bigint;
  captured: bigint | null;
  status: 'PENDING' | 'CAPTURED' | 'RELEASED' | 'EXPIRED';
  reference: string | null;
  expires_at: string | null;
  created_at: string;
}

const WALLET_AMOUNTS = [
  ...['cash', 'promotional', 'held', 'available', 'credit_limit', 'max_balance'],
  ...['max_single_credit', 'low_balance_threshold', 'auto_topup_amount'],
];
const ENTRY_AMOUNTS = [
  ...['cash', 'promotional', 'held', 'cash_after', 'promotional_after', 'held_after'],
];
const HOLD_AMOUNTS = ['amount', 'captured'];
const TOPUP_AMOUNTS = [...WALLET_AMOUNTS, 'amount', 'balance'];

/** Amounts leave the database as text, since a number does not hold all of them (threats.md T31). */
function exact<T>(row: unknown, amounts: string[]): T {
  const copy = { ...(row as Record<string, unknown>) };
  for (const name of amounts) {
    if (copy[name] !== null && copy[name] !== undefined) copy[name] = BigInt(copy[name] as string);
  }
  return copy as T;
}

export const readWallet = (row: unknown) => exact<Wallet>(row, WALLET_AMOUNTS);
export const readWalletAfter = (row: unknown) =>
  exact<Wallet & { topup_due: boolean }>(row, WALLET_AMOUNTS);
export const readTopUp = <T>(row: unknown) => exact<T>(row, TOPUP_AMOUNTS);
export const readEntry = (row: unknown) => exact<LedgerEntry>(row, ENTRY_AMOUNTS);
export const readHold = (row: unknown) => exact<Hold>(row, HOLD_AMOUNTS);
