import { statement } from '../../db/drivers/statement.ts';
import type { Work } from '../../db/work.ts';
import { type Caller, OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import {
  type Customer,
  type CustomerKey,
  customerChange,
  customerFields,
  lockCustomer,
  recordOf,
  updateAll,
} from '../customers/index.ts';
import { anonymisedCustomer } from './anonymise.ts';
import { erasureClaims } from './claims.ts';
import type { Erased } from './log.ts';

const removeTeam = statement(
  'customers.remove_team',
  `update members set deleted_at = $3, modified_at = $3
   where workspace_id = $1 and customer_id = $2 and deleted_at is null`,
);

function deleted(before: Customer, at: string): Customer {
  const metadata = { ...before.metadata };
  if (before.external_id !== null) metadata.__external_id = before.external_id.slice(0, 500);
  return {
    ...recordOf(before),
    metadata,
    external_id: null,
    deleted_at: at,
    modified_at: at,
    revision: before.revision + 1,
  };
}

/** Whoever became part of a customer and is not erased yet, locked after it. */
const partsOf = statement(
  'erasure.parts',
  `select ${Object.keys(customerFields).join(', ')} from customers
   where workspace_id = $1 and merged_into = $2 and anonymized_at is null order by id for update`,
);

/** Erases a customer. It is locked. */
async function erase(w: Work, app: App, before: Customer, at: string): Promise<void> {
  const after = anonymisedCustomer(app.keys, before, at);
  const erasure = { keys: app.keys, workspaceId: before.workspace_id, before, after, at };
  for (const claim of Object.values(erasureClaims)) await claim(w, erasure);
  w.record({
    entity: 'customer',
    entityId: after.id,
    customerId: after.id,
    before: { deleted_at: before.deleted_at, anonymized_at: null },
    after: { deleted_at: after.deleted_at, anonymized_at: at },
    personal: [],
    event: { type: 'customer.deleted', data: after },
  });
}

/**
 * Deletes a customer for good (§8.3): its email and external id are free again and its team is
 * gone with it. With `anonymize`, personal data is erased from every table that holds some, and
 * the erasure is noted outside the database before it is answered. Errors: 404, 412.
 */
export async function deleteCustomer(
  app: App,
  caller: Caller,
  key: CustomerKey,
  options: { anonymize: boolean },
): Promise<void> {
  const noted: Erased[] = [];
  await app.work(caller, async (w) => {
    const before = await lockCustomer(w, caller, key);
    const at = new Date().toISOString();
    if (options.anonymize) {
      noted.length = 0;
      // It holds what the same person was known by before a merge.
      const { rows: parts } = await w.run<Customer>(partsOf(caller.workspaceId, before.id));
      for (const one of [before, ...parts]) {
        const erased = { workspaceId: one.workspace_id, customerId: one.id };
        noted.push(erased);
        await app.erasureLog.begin(erased);
        await erase(w, app, one, at);
      }
      w.concerns(before.id);
      return;
    }
    const after = deleted(before, at);
    w.defer(updateAll([after], caller.workspaceId));
    w.defer(removeTeam(caller.workspaceId, after.id, at));
    w.record(customerChange(before, after, 'customer.deleted'));
  });
  for (const erased of noted) await app.erasureLog.done(erased);
}

const returned = statement(
  'erasure.returned',
  `select id from customers where workspace_id = $1 and id = any($2::uuid[])
     and anonymized_at is null`,
);
const settled = statement(
  'erasure.settled',
  `select id from customers where workspace_id = $1 and id = any($2::uuid[])
     and anonymized_at is not null`,
);
const lockAny = statement(
  'erasure.lock',
  `select ${Object.keys(customerFields).join(', ')} from customers
   where workspace_id = $1 and id = $2 for update`,
);

const keeper = (workspaceId: string): Caller => ({
  entry: { as: 'workspace' },
  workspaceId,
  actor: { kind: 'job', id: 'erasure-log', name: 'erasure log' },
  surface: 'jobs',
  operation: 'erase_again',
  requestId: OPERATOR_WORKSPACE,
});

/**
 * Erases again whoever came back with a restored backup; runs before the first request is served.
 * Out: how many.
 */
export async function eraseReturned(app: App): Promise<number> {
  const { done, unsure } = app.erasureLog.read();
  for (const [workspaceId, list] of Map.groupBy(unsure, (e) => e.workspaceId)) {
    const { rows } = await app.work(keeper(workspaceId), (w) =>
      w.defer<{ id: string }>(
        settled(
          workspaceId,
          list.map((e) => e.customerId),
        ),
      ),
    );
    for (const { id } of rows) await app.erasureLog.done({ workspaceId, customerId: id });
  }
  const byWorkspace = Map.groupBy(done, (e) => e.workspaceId);
  let again = 0;
  for (const [workspaceId, list] of byWorkspace) {
    const caller = keeper(workspaceId);
    const { rows } = await app.work(caller, (w) =>
      w.defer<{ id: string }>(
        returned(
          workspaceId,
          list.map((e) => e.customerId),
        ),
      ),
    );
    for (const { id } of rows) {
      await app.work(caller, async (w) => {
        const before = (await w.run<Customer>(lockAny(workspaceId, id))).rows[0];
        if (before !== undefined) await erase(w, app, before, new Date().toISOString());
      });
      again += 1;
    }
  }
  return again;
}
