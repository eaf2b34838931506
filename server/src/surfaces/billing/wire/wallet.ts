import { writeMoney } from '../../../kernel/money.ts';
import type {
  Hold,
  LedgerEntry,
  Moved,
  MovedHold,
  Wallet,
} from '../../../modules/wallets/index.ts';

const money = (units: bigint, currency: string) => ({
  value: writeMoney(units, currency),
  currency,
});
const optional = (units: bigint | null, currency: string) =>
  units === null ? null : money(units, currency);

/** A wallet (billing.md C7). */
export function walletWire(w: Wallet) {
  const of = (units: bigint) => money(units, w.currency);
  return {
    id: w.id,
    organization_id: w.workspace_id,
    customer_id: w.customer_id,
    currency: w.currency,
    mode: w.mode,
    is_primary: w.is_primary,
    cash_balance: of(w.cash),
    promotional_balance: of(w.promotional),
    promotional_balance_expires_at: w.promotional_expires_at,
    held_balance: of(w.held),
    available_balance: of(w.available),
    credit_limit: optional(w.credit_limit, w.currency),
    max_balance: optional(w.max_balance, w.currency),
    max_single_credit: optional(w.max_single_credit, w.currency),
    low_balance_threshold: optional(w.low_balance_threshold, w.currency),
    auto_topup_enabled: w.auto_topup_enabled,
    auto_topup_amount: optional(w.auto_topup_amount, w.currency),
    created_at: w.created_at,
    updated_at: w.modified_at ?? w.created_at,
  };
}

/** An entry of a wallet's ledger. */
export function entryWire(e: LedgerEntry) {
  const of = (units: bigint) => money(units, e.currency);
  return {
    id: e.id,
    wallet_id: e.wallet_id,
    sequence: e.seq,
    kind: e.kind,
    cash: of(e.cash),
    promotional: of(e.promotional),
    held: of(e.held),
    counter_account: e.counter_account,
    cash_balance: of(e.cash_after),
    promotional_balance: of(e.promotional_after),
    held_balance: of(e.held_after),
    related_id: e.related_id,
    reason: e.reason,
    reference: e.reference,
    created_at: e.at,
  };
}

function holdWire(h: Hold, currency: string) {
  return {
    id: h.id,
    wallet_id: h.wallet_id,
    amount: money(h.amount, currency),
    captured: optional(h.captured, currency),
    status: h.status,
    reference: h.reference,
    expires_at: h.expires_at,
    created_at: h.created_at,
  };
}

/** What a movement did, in its envelope. */
export const movedReply = ({ transaction, wallet }: Moved) => ({
  body: { data: { transaction: entryWire(transaction), wallet: walletWire(wallet) } },
});

/** What a movement of a hold did, in its envelope. */
export const heldReply = ({ hold, ...moved }: MovedHold) => ({
  body: {
    data: { ...movedReply(moved).body.data, hold: holdWire(hold, moved.wallet.currency) },
  },
});
