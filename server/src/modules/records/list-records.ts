import type { Caller } from '../../kernel/caller.ts';
import { invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import {
  type CursorPage,
  DEFAULT_LIMIT,
  getBillingCustomer,
  listed,
  pageOf,
  positionOf,
} from '../billing/index.ts';
import { type CustomerRecord, type RecordKind, readRecord } from './record.ts';
import { recordsPage } from './records.store.ts';

const KINDS: readonly RecordKind[] = ['invoice', 'promotion_redemption', 'price'];

/** A page of a customer's records, the latest first. Errors: 400 for cursor and kind, 404. */
export async function listRecords(
  app: App,
  caller: Caller,
  customerId: string,
  request: { limit?: number; cursor?: string; kind?: string[] },
): Promise<CursorPage<CustomerRecord>> {
  const limit = request.limit ?? DEFAULT_LIMIT;
  const kinds = listed(request.kind);
  const unknown = kinds.find((kind) => !KINDS.includes(kind as RecordKind));
  if (unknown !== undefined) {
    const message = `Must be one of ${KINDS.join(', ')}`;
    throw invalid([{ in: 'query', path: ['kind'], type: 'enum', message, input: unknown }]);
  }
  const list = `records ${customerId} ${kinds}`;
  const [at = null, id = null] = positionOf(app, caller, list, request.cursor) ?? [];
  await getBillingCustomer(app, { ...caller }, customerId);
  const { rows } = await app.work(caller, (w) =>
    w.defer(recordsPage(caller.workspaceId, customerId, kinds, at, id, limit + 1)),
  );
  return pageOf(app, caller, list, rows.map(readRecord), limit, (r) => [r.occurred_at, r.id]);
}
