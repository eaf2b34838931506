import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import { lockCustomer } from '../customers/index.ts';
import type { Aggregation, CustomerMeter, FilterClause, Meter } from './meter.ts';
import {
  customerMeters,
  insertCredit,
  insertMeter,
  meterById,
  metersPage,
} from './meters.store.ts';

/**
 * Creates a meter. It counts events that came before it, too.
 * Errors: 422 if the aggregation needs a property and names none.
 */
export async function createMeter(
  app: App,
  caller: Caller,
  input: {
    name: string;
    filter?: FilterClause[];
    aggregation: Pick<Aggregation, 'type'> & { property?: string | null };
  },
): Promise<Meter> {
  const property = input.aggregation.property ?? null;
  if (input.aggregation.type !== 'count' && property === null) {
    throw invalid([
      bodyIssue(['aggregation', 'property'], 'This aggregation needs a property', null),
    ]);
  }
  const meter: Meter = {
    workspace_id: caller.workspaceId,
    id: newId(),
    name: input.name,
    filter: (input.filter ?? []).map(({ property: p, operator, value }) => ({
      property: p,
      operator,
      value,
    })),
    aggregation: { type: input.aggregation.type, property },
    archived_at: null,
    created_at: new Date().toISOString(),
    modified_at: null,
  };
  return app.work(caller, (w) => {
    w.record({
      entity: 'meter',
      entityId: meter.id,
      customerId: null,
      before: null,
      after: { name: meter.name, filter: meter.filter, aggregation: meter.aggregation },
      personal: [],
      event: { type: 'meter.created', data: meter },
    });
    return w
      .defer(
        insertMeter(
          meter.workspace_id,
          meter.id,
          meter.name,
          JSON.stringify(meter.filter),
          meter.aggregation,
          meter.created_at,
        ),
      )
      .map(() => meter);
  });
}

/** A numbered page of meters, newest first, with the exact total. */
export function listMeters(app: App, caller: Caller, request: PageRequest): Promise<Page<Meter>> {
  const limit = Math.min(request.limit, MAX_PAGE_SIZE);
  const offset = Math.min((request.page - 1) * limit, 2 ** 40);
  return app.work(caller, (w) =>
    w
      .defer<Meter & { total: number }>(metersPage(caller.workspaceId, limit, offset))
      .map(({ rows }) => ({
        total: rows[0]?.total ?? 0,
        rows: rows.filter((r) => r.id !== null),
      })),
  );
}

/** Credits a customer with units of a meter. Out: its standing after it. Errors: 404. */
export async function creditMeter(
  app: App,
  caller: Caller,
  input: { customerId: string; meterId: string; units: number },
): Promise<CustomerMeter> {
  const { customerId, meterId, units } = input;
  return app.work(caller, async (w) => {
    await lockCustomer(w, caller, { id: customerId });
    const meter = await w.run(meterById(caller.workspaceId, meterId));
    if (meter.rowCount === 0) throw notFound();
    const id = newId();
    const at = new Date().toISOString();
    w.defer(insertCredit(caller.workspaceId, id, customerId, meterId, units, at));
    w.record({
      entity: 'meter_credit',
      entityId: id,
      customerId,
      before: null,
      after: { meter_id: meterId, units },
      personal: [],
      event: { type: 'meter.credited', data: { id, meter_id: meterId, units } },
    });
    return w
      .defer<CustomerMeter>(customerMeters(caller.workspaceId, customerId, meterId))
      .map(({ rows }) => rows[0] as CustomerMeter);
  });
}
