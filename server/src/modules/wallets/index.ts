export { type AddWallet, addWallet } from './add-wallet.ts';
export { carryOutTopUp } from './carry-out-topup.ts';
export { expireMoney } from './expire-money.ts';
export { captureHold, holdMoney, type MovedHold, releaseHold } from './holds.ts';
export {
  type HoldMove,
  type MergedBalance,
  type MergedWallets,
  mergeWallets,
  type WalletMove,
} from './merge-wallets.ts';
export { creditWallet, debitWallet, type Moved } from './move-money.ts';
export { getPrimaryWallet, getWallet, listEntries, listWallets } from './read-wallets.ts';
export { splitWallets, type Unsplit } from './split-wallets.ts';
export { TOP_UP } from './topup.ts';
export { transferMoney } from './transfer-money.ts';
export { type LedgerProblem, verifyLedger } from './verify-ledger.ts';
export type { Hold, LedgerEntry, Wallet } from './wallet.ts';
