import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import type { CustomerWithMembers } from './customer.ts';
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

/** A live or archived customer with its members, in one round trip. Errors: 404. */
export function getCustomer(
  app: App,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerWithMembers> {
  return app.work(caller, (w) => readCustomer(w, caller, key));
}
