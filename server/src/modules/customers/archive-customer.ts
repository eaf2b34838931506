import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { customerChange, recordOf } from './changes.ts';
import type { Customer, CustomerWithMembers } from './customer.ts';
import { type CustomerKey, updateAll } from './customers.store.ts';
import { lockCustomer } from './lock-customer.ts';
import { stamped } from './update-customer.ts';

/**
 * Archives a customer: it leaves default lists and the export, keeps its e-mail and external id,
 * and remembers the status that restoring brings back (README decisions 28 and 33). Archiving an
 * archived one changes nothing. Errors: 404, 412.
 */
export function archiveCustomer(
  app: App,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerWithMembers> {
  return app.work(caller, async (w) => {
    const before = await lockCustomer(w, caller, key);
    if (before.status === 'ARCHIVED') return before;
    const after: Customer = {
      ...recordOf(before),
      status: 'ARCHIVED',
      status_before_archive: before.status,
    };
    stamped(before, after, new Date().toISOString());
    w.defer(updateAll([after], caller.workspaceId));
    w.record(customerChange(before, after, 'customer.archived'));
    return { ...after, members: before.members };
  });
}
