import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import {
  type CursorPage,
  DEFAULT_LIMIT,
  getBillingCustomer,
  listed,
  pageOf,
  positionOf,
} from '../billing/index.ts';
import { type LedgerEntry, readEntry, readWallet, type Wallet } from './wallet.ts';
import { entriesPage, primaryWallet, walletById, walletsPage } from './wallets.store.ts';

/** The error for a wallet that is not there. */
export const noWallet = (id: string) => notFound('No such wallet', { type: 'wallet', id });

/** One wallet inside a transaction. Errors: 404. */
export async function requireWallet(w: Work, caller: Caller, id: string): Promise<Wallet> {
  const { rows } = await w.run(walletById(caller.workspaceId, id));
  if (rows[0] === undefined) throw noWallet(id);
  return readWallet(rows[0]);
}

/** One wallet. Errors: 404. */
export const getWallet = (app: App, caller: Caller, id: string): Promise<Wallet> =>
  app.work(caller, (w) => requireWallet(w, caller, id));

/** The primary wallet of a customer (billing.md C2 op 12). Errors: 404. */
export async function getPrimaryWallet(
  app: App,
  caller: Caller,
  customerId: string,
): Promise<Wallet> {
  const { rows } = await app.work({ ...caller }, (w) =>
    w.defer(primaryWallet(caller.workspaceId, customerId)),
  );
  if (rows[0] !== undefined) return readWallet(rows[0]);
  await getBillingCustomer(app, caller, customerId);
  throw noWallet(customerId);
}

/** A page of wallets, newest first (billing.md C7). Errors: 400 for the cursor. */
export async function listWallets(
  app: App,
  caller: Caller,
  request: {
    limit?: number;
    cursor?: string;
    customer_id?: string;
    currency?: string[];
    is_primary?: boolean;
    auto_topup_enabled?: boolean;
    created_after?: string;
    created_before?: string;
  },
): Promise<CursorPage<Wallet>> {
  const { limit = DEFAULT_LIMIT, cursor, currency, ...rest } = request;
  const filter = { ...rest, currency: listed(currency).map((c) => c.toUpperCase()) };
  const list = `wallets ${JSON.stringify(filter)}`;
  const after = positionOf(app, caller, list, cursor) as [string, string] | undefined;
  const { rows } = await app.work(
    caller,
    (w) => w.defer(walletsPage(caller.workspaceId, filter, after, limit + 1)),
    { lane: 'slow' },
  );
  return pageOf(app, caller, list, rows.map(readWallet), limit, (w) => [w.created_at, w.id]);
}

/** A page of a wallet's ledger, newest first. Errors: 400 for the cursor, 404. */
export async function listEntries(
  app: App,
  caller: Caller,
  walletId: string,
  request: { limit?: number; cursor?: string },
): Promise<CursorPage<LedgerEntry>> {
  const { limit = DEFAULT_LIMIT, cursor } = request;
  const list = `entries ${walletId}`;
  const after = positionOf(app, caller, list, cursor) as [number] | undefined;
  const rows = await app.work(caller, async (w) => {
    await requireWallet(w, caller, walletId);
    const page = entriesPage(caller.workspaceId, walletId, after?.[0] ?? null, limit + 1);
    return (await w.run(page)).rows;
  });
  return pageOf(app, caller, list, rows.map(readEntry), limit, (e) => [e.seq]);
}
