import type { Statement } from '../../db/drivers/statement.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { amountOf } from './amounts.ts';
import { noWallet } from './read-wallets.ts';
import { lowers, topUpIfDue } from './topup.ts';
import { type LedgerEntry, readEntry, readWalletAfter, type Wallet } from './wallet.ts';
import {
  credit,
  creditPromotional,
  debit,
  entryById,
  expirePromotional,
  lockWallets,
  walletAfter,
} from './wallets.store.ts';

/** What a movement of money did, and how the wallet stands after it. */
export interface Moved {
  transaction: LedgerEntry;
  wallet: Wallet;
}

type Make = (...values: unknown[]) => Statement;

/** What people write beside a movement. */
export interface Note {
  reason?: string | null;
  reference?: string | null;
}

const about = (wallet: Wallet) => ({
  members: { entity_type: 'wallet', entity_id: wallet.id },
});

/** The error for more than a wallet can spend. */
export const insufficient = (wallet: Wallet) =>
  new DomainError(
    'INSUFFICIENT_FUNDS',
    'rule',
    'The wallet does not have so much to spend',
    about(wallet),
  );

/** Why a credit was refused by the limits of the wallet. */
export function overLimit(wallet: Wallet, amount: bigint): DomainError {
  return wallet.max_single_credit !== null && amount > wallet.max_single_credit
    ? new DomainError(
        'MAX_SINGLE_CREDIT_EXCEEDED',
        'rule',
        'More than the wallet takes at once',
        about(wallet),
      )
    : new DomainError(
        'MAX_BALANCE_EXCEEDED',
        'rule',
        'More than the wallet may hold',
        about(wallet),
      );
}

/** The currency of a wallet, locked together with any others. Errors: 404. */
export async function lockCurrency(
  w: Work,
  caller: Caller,
  ids: string[],
): Promise<Map<string, string>> {
  const locked = lockWallets(caller.workspaceId, ids);
  const { rows } = await w.run<{ id: string; currency: string }>(locked);
  const found = new Map(rows.map((r) => [r.id, r.currency]));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw noWallet(missing);
  return found;
}

/**
 * Moves money of one wallet, in one statement that holds its limits (billing.md C7), notes it, and
 * asks for a charge where too little is left. Errors: as `refused` says.
 */
export async function move(
  w: Work,
  caller: Caller,
  walletId: string,
  make: Make,
  amount: bigint,
  given: Note & { relatedId?: string | null; more?: unknown[] },
  refused: (wallet: Wallet) => DomainError,
): Promise<Moved> {
  const at = new Date().toISOString();
  const id = newId();
  const moved = w.defer(
    make(
      caller.workspaceId,
      walletId,
      amount.toString(),
      id,
      at,
      given.relatedId ?? null,
      given.reason ?? null,
      given.reference ?? null,
      ...(given.more ?? []),
    ),
  );
  const after = w
    .defer(walletAfter(caller.workspaceId, walletId))
    .and(w.defer(entryById(caller.workspaceId, id)));
  const [{ rowCount }, [wallets, entries]] = await w.now(moved.and(after));
  if (wallets.rows[0] === undefined) throw noWallet(walletId);
  const { topup_due: due, ...wallet } = readWalletAfter(wallets.rows[0]);
  if (rowCount === 0) throw refused(wallet);
  const transaction = readEntry(entries.rows[0]);
  w.record(walletChange(wallet, transaction));
  topUpIfDue(w, wallet, due && lowers(transaction));
  return { transaction, wallet };
}

function walletChange(wallet: Wallet, { id, kind, cash, promotional, held }: LedgerEntry) {
  const after = {
    wallet_id: wallet.id,
    kind,
    currency: wallet.currency,
    cash: cash.toString(),
    promotional: promotional.toString(),
    held: held.toString(),
  };
  return {
    entity: 'ledger_entry',
    entityId: id,
    customerId: wallet.customer_id,
    before: null,
    after,
    personal: [],
    event: { type: `wallet.${kind}`, data: { id, customer_id: wallet.customer_id, ...after } },
  };
}

/** Puts money into a wallet. Errors: 400 for the amount, 404, 422 beyond its limits. */
export function creditWallet(
  app: App,
  caller: Caller,
  walletId: string,
  input: Note & { amount: string; balance?: 'cash' | 'promotional'; expires_at?: string | null },
): Promise<Moved> {
  const promotional = input.balance === 'promotional';
  if (!promotional && input.expires_at != null) {
    throw invalid([
      {
        in: 'body',
        path: ['expires_at'],
        type: 'value_error',
        message: 'Only promotional money expires',
        input: input.expires_at,
      },
    ]);
  }
  return app.work(caller, async (w) => {
    const currency = (await lockCurrency(w, caller, [walletId])).get(walletId) as string;
    const amount = amountOf('amount', input.amount, currency);
    // What has expired already must not be given new life by what is added.
    if (promotional) await expireNow(w, caller, walletId);
    const make = promotional ? creditPromotional : credit;
    const more = promotional ? [input.expires_at ?? null] : [];
    return move(w, caller, walletId, make, amount, { ...input, more }, (wallet) =>
      overLimit(wallet, amount),
    );
  });
}

/** Ends promotional money of a wallet whose time is up, if there is any. */
export async function expireNow(w: Work, caller: Caller, walletId: string): Promise<void> {
  await w.run(
    expirePromotional(
      caller.workspaceId,
      walletId,
      '0',
      newId(),
      new Date().toISOString(),
      null,
      null,
      null,
    ),
  );
}

/** Spends money of a wallet, promotional first. Errors: 400, 404, 422 for more than there is. */
export function debitWallet(
  app: App,
  caller: Caller,
  walletId: string,
  input: Note & { amount: string },
): Promise<Moved> {
  return app.work(caller, async (w) => {
    const currency = (await lockCurrency(w, caller, [walletId])).get(walletId) as string;
    const amount = amountOf('amount', input.amount, currency);
    return move(w, caller, walletId, debit, amount, input, insufficient);
  });
}
