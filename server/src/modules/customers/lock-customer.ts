import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, notFound } from '../../kernel/errors.ts';
import { type CustomerWithMembers, entityTag } from './customer.ts';
import { type CustomerKey, lockOne } from './customers.store.ts';
import { readCustomer } from './get-customer.ts';

/**
 * Locks a live customer for a change. Errors: 404; 412 if the caller's If-Match names another
 * state (README decision 35).
 */
export async function lockCustomer(
  w: Work,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerWithMembers> {
  const lock = w.defer<{ id: string }>(lockOne(caller.workspaceId, key));
  const [locked, customer] = await w.now(lock.and(readCustomer(w, caller, key)));
  // An external id may have found its next holder between the two statements.
  if (locked.rows[0]?.id !== customer.id) throw notFound();
  w.concerns(customer.id);
  const wanted = caller.ifMatch;
  if (wanted !== undefined && !wanted.includes('*') && !wanted.includes(entityTag(customer))) {
    throw new DomainError('PreconditionFailed', 'precondition', 'The customer has changed since');
  }
  return customer;
}
