import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { recordOf } from './changes.ts';
import type { Customer, CustomerWithMembers } from './customer.ts';
import { type CustomerKey, foundCustomer, readOne } from './customers.store.ts';

/** Reads one customer inside a transaction. Errors: 404. */
export function readCustomer(
  w: Work,
  caller: Caller,
  key: CustomerKey,
): Later<CustomerWithMembers> {
  const [customer, team] = readOne(caller.workspaceId, key);
  return w
    .defer(customer)
    .and(w.defer(team))
    .map(([found, members]) => foundCustomer(found, members));
}

/** Reads one customer without its team inside a transaction. Errors: 404. */
export function readRecord(w: Work, caller: Caller, key: CustomerKey): Later<Customer> {
  const [customer] = readOne(caller.workspaceId, key);
  return w
    .defer(customer)
    .map((found) => recordOf(foundCustomer(found, { rows: [], rowCount: 0 })));
}

/** A live or archived customer with its members, in one round trip. Errors: 404. */
export function getCustomer(
  app: App,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerWithMembers> {
  return app.work(caller, (w) => readCustomer(w, caller, key));
}
