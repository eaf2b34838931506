import type { Statement } from '../../db/drivers/statement.ts';
import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import type { CustomerWithMembers } from './customer.ts';
import { byExternalId, byId, foldMembers } from './customers.store.ts';

/** How a caller names one customer. */
export type CustomerKey = { id: string } | { externalId: string };

/** The statement that reads one customer with its members. */
export function customerStatement(caller: Caller, key: CustomerKey): Statement {
  return 'id' in key
    ? byId(caller.workspaceId, key.id)
    : byExternalId(caller.workspaceId, key.externalId);
}

/** A live or archived customer with its members, in one round trip. Errors: 404. */
export function getCustomer(
  app: App,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerWithMembers> {
  return app.work(caller, (w) =>
    w.defer(customerStatement(caller, key)).map(({ rows }) => {
      const customer = foldMembers(rows)[0];
      if (customer === undefined) throw notFound();
      return customer;
    }),
  );
}
