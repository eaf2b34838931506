import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, type Issue, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { insertUsage, resolveCustomers } from './meters.store.ts';

/** One usage event as it is sent. */
export interface UsageEvent {
  name: string;
  external_id?: string | null;
  customer_id?: string | null;
  external_customer_id?: string | null;
  timestamp?: string | null;
  metadata?: Record<string, string | number | boolean>;
}

function whoOf(event: UsageEvent, i: number): Issue | undefined {
  const named = [event.customer_id, event.external_customer_id].filter((v) => v != null).length;
  if (named === 1) return undefined;
  return bodyIssue(
    ['events', i],
    'An event names its customer by exactly one of customer_id and external_customer_id',
  );
}

/**
 * Takes a batch of usage events, whole or not at all. An event whose external id was seen before
 * counts as a duplicate and changes nothing.
 * Errors: 422 naming each event whose customer is missing or unknown.
 */
export async function ingestEvents(
  app: App,
  caller: Caller,
  events: UsageEvent[],
): Promise<{ inserted: number; duplicates: number }> {
  const unnamed = events.flatMap((e, i) => whoOf(e, i) ?? []);
  if (unnamed.length > 0) throw invalid(unnamed);
  const at = new Date().toISOString();
  return app.work(
    caller,
    async (w) => {
      const ids = [...new Set(events.flatMap((e) => e.customer_id ?? []))];
      const externals = [...new Set(events.flatMap((e) => e.external_customer_id ?? []))];
      const { rows } = await w.run<{ id: string; external_id: string | null }>(
        resolveCustomers(caller.workspaceId, ids, externals),
      );
      const known = new Set(rows.map((r) => r.id));
      const byExternal = new Map(rows.map((r) => [r.external_id, r.id]));
      const issues: Issue[] = [];
      const records = events.map((e, i) => {
        const field = e.customer_id == null ? 'external_customer_id' : 'customer_id';
        const value = e[field] as string;
        const customer = field === 'customer_id' ? value : byExternal.get(value);
        if (customer === undefined || !known.has(customer)) {
          issues.push(bodyIssue(['events', i, field], 'No such customer', value));
        }
        return {
          workspace_id: caller.workspaceId,
          id: newId(),
          customer_id: customer,
          name: e.name,
          external_id: e.external_id ?? null,
          timestamp: e.timestamp ?? at,
          metadata: e.metadata ?? {},
          created_at: at,
        };
      });
      if (issues.length > 0) throw invalid(issues.slice(0, 100));
      const { rowCount } = await w.run(insertUsage(JSON.stringify(records)));
      w.record({
        entity: 'usage_batch',
        entityId: newId(),
        customerId: null,
        before: null,
        after: { inserted: rowCount, duplicates: events.length - rowCount },
        personal: [],
        event: { type: 'usage.ingested', data: { inserted: rowCount } },
      });
      return { inserted: rowCount, duplicates: events.length - rowCount };
    },
    { lane: 'slow' },
  );
}
