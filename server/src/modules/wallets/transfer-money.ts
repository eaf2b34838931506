import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { amountOf } from './amounts.ts';
import { insufficient, lockCurrency, type Moved, move, overLimit } from './move-money.ts';
import type { LedgerEntry, Wallet } from './wallet.ts';
import { transferIn, transferOut } from './wallets.store.ts';

/** Moves cash to another wallet of the same currency. Errors: 400, 404, 422. */
export function transferMoney(
  app: App,
  caller: Caller,
  fromId: string,
  input: { to_wallet_id: string; amount: string; reason?: string | null },
): Promise<Moved & { to_transaction: LedgerEntry; to_wallet: Wallet }> {
  const { to_wallet_id: toId, reason = null } = input;
  return app.work(caller, async (w) => {
    if (fromId === toId) {
      throw new DomainError('SAME_WALLET', 'rule', 'A wallet cannot transfer to itself');
    }
    const currencies = await lockCurrency(w, caller, [fromId, toId]);
    const currency = currencies.get(fromId) as string;
    if (currencies.get(toId) !== currency) {
      throw new DomainError('CURRENCY_MISMATCH', 'rule', 'The wallets are of two currencies');
    }
    const amount = amountOf('amount', input.amount, currency);
    const out = await move(
      w,
      caller,
      fromId,
      transferOut,
      amount,
      { reason, relatedId: toId },
      insufficient,
    );
    const into = await move(
      w,
      caller,
      toId,
      transferIn,
      amount,
      { reason, relatedId: fromId },
      (wallet) => overLimit(wallet, amount),
    );
    return { ...out, to_transaction: into.transaction, to_wallet: into.wallet };
  });
}
