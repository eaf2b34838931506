import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, notFound } from '../../kernel/errors.ts';
import { type CustomerWithMembers, entityTag } from './customer.ts';
import { foldMembers, lockByExternalId, lockById } from './customers.store.ts';
import type { CustomerKey } from './get-customer.ts';

/**
 * Locks a live customer for a change. Errors: 404; 412 if the caller's If-Match names another
 * state (README decision 35).
 */
export async function lockCustomer(
  w: Work,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerWithMembers> {
  const { rows } = await w.run(
    'id' in key
      ? lockById(caller.workspaceId, key.id)
      : lockByExternalId(caller.workspaceId, key.externalId),
  );
  const customer = foldMembers(rows)[0];
  if (customer === undefined) throw notFound();
  const wanted = caller.ifMatch;
  if (wanted !== undefined && !wanted.includes('*') && !wanted.includes(entityTag(customer))) {
    throw new DomainError('PreconditionFailed', 'precondition', 'The customer has changed since');
  }
  return customer;
}
