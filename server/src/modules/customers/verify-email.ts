import type { Work } from '../../db/work.ts';
import { customerChange, recordOf } from './changes.ts';
import { foundCustomer, lockOne, readOne, updateAll } from './customers.store.ts';
import { stamped } from './update-customer.ts';

/**
 * Notes that somebody signed in with the customer's own address, as `matches` tells (§8.5).
 * In: a transaction that reaches the customer. Errors: 404.
 */
export async function markEmailVerified(
  w: Work,
  workspaceId: string,
  customerId: string,
  matches: (email: string) => boolean,
): Promise<void> {
  const key = { id: customerId };
  const [customer, team] = readOne(workspaceId, key);
  w.defer(lockOne(workspaceId, key));
  const read = w.defer(customer).and(w.defer(team));
  const before = await w.now(read.map(([found, members]) => foundCustomer(found, members)));
  if (before.email_verified || before.email === null || !matches(before.email)) return;
  const after = { ...recordOf(before), email_verified: true };
  if (!stamped(before, after, new Date().toISOString())) return;
  w.defer(updateAll([after], workspaceId));
  w.record({ ...customerChange(before, after, 'customer.updated'), workspaceId });
}
