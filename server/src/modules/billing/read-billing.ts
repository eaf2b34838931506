import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { type Position, readCursor, writeCursor } from '../../kernel/cursor.ts';
import { invalid, notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import type { CustomerStatus } from '../customers/index.ts';
import { billingCustomerById, billingPage, defaultCurrency } from './billing.store.ts';
import type { BillingCustomer } from './billing-customer.ts';

/** Rows of a page unless the caller says how many (billing.md C1). */
export const DEFAULT_LIMIT = 25;
const STATUSES: readonly CustomerStatus[] = [
  ...(['ACTIVE', 'INACTIVE', 'SUSPENDED', 'ARCHIVED', 'MERGED'] as const),
];

/** One page of a list by cursor. */
export interface CursorPage<T> {
  rows: T[];
  nextCursor: string | null;
  limit: number;
}

/** The values of a filter that is repeated or separated by commas. */
export const listed = (given: string[] | undefined): string[] => [
  ...new Set(
    (given ?? [])
      .flatMap((part) => part.split(','))
      .map((v) => v.trim())
      .filter(Boolean),
  ),
];

/** A cursor of a list, read. Errors: 400 for one that is not of this list. */
export function positionOf(
  app: App,
  caller: Caller,
  list: string,
  cursor: string | undefined,
): Position | undefined {
  if (cursor === undefined) return undefined;
  const found = readCursor(app.keys, `${caller.workspaceId} ${list}`, cursor);
  if (found !== undefined) return found;
  throw invalid([
    {
      in: 'query',
      path: ['cursor'],
      type: 'value_error',
      message: 'Is not a cursor of this list',
      input: cursor,
    },
  ]);
}

/** A page out of one row more than it shows. */
export function pageOf<T>(
  app: App,
  caller: Caller,
  list: string,
  rows: T[],
  limit: number,
  position: (row: T) => Position,
): CursorPage<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    rows: shown,
    nextCursor: more
      ? writeCursor(app.keys, `${caller.workspaceId} ${list}`, position(last))
      : null,
    limit,
  };
}

/** The currency a customer's amounts are in. */
export async function currencies(
  w: Work,
  caller: Caller,
): Promise<(preferred: string | null) => string> {
  const { rows } = await w.run<{ currency: string }>(defaultCurrency(caller.workspaceId));
  return (preferred) => preferred ?? (rows[0]?.currency as string);
}

/** One customer, also a deleted or merged one. Errors: 404. */
export function getBillingCustomer(app: App, caller: Caller, id: string): Promise<BillingCustomer> {
  return app.work(caller, (w) =>
    w.defer<BillingCustomer>(billingCustomerById(caller.workspaceId, id)).map(({ rows }) => {
      const customer = rows[0];
      if (customer === undefined) throw notFound('No such customer', { type: 'customer', id });
      return customer;
    }),
  );
}

/** A page of customers, newest first (billing.md C2 op 1). Errors: 400 for cursor and status. */
export async function listBillingCustomers(
  app: App,
  caller: Caller,
  request: { limit?: number; cursor?: string; status?: string[]; tags?: string[] },
): Promise<CursorPage<BillingCustomer>> {
  const limit = request.limit ?? DEFAULT_LIMIT;
  const statuses = listed(request.status);
  const unknown = statuses.filter((s) => !STATUSES.includes(s as CustomerStatus));
  if (unknown.length > 0) {
    throw invalid([
      {
        in: 'query',
        path: ['status'],
        type: 'enum',
        message: `Must be one of ${STATUSES.join(', ')}`,
        input: unknown[0],
      },
    ]);
  }
  const tags = listed(request.tags);
  const list = `customers ${JSON.stringify([statuses, tags])}`;
  const after = positionOf(app, caller, list, request.cursor) as [string, string] | undefined;
  const { rows } = await app.work(
    caller,
    (w) =>
      w.defer<BillingCustomer>(
        billingPage(caller.workspaceId, { statuses, tags }, after, limit + 1),
      ),
    { lane: 'slow' },
  );
  return pageOf(app, caller, list, rows, limit, (c) => [c.created_at, c.id]);
}
