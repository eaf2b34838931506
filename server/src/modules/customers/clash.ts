import type { Caller } from '../../kernel/caller.ts';
import { type DomainError, invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { emailTaken, externalIdTaken, identityConstraints } from './customer.errors.ts';
import type { Customer } from './customer.ts';
import { takenIdentities } from './customers.store.ts';

/**
 * Explains a broken unique constraint of customers: names every identity that is taken, since the
 * database stops at the first. Out: what `WorkOptions.explain` wants.
 */
export function explainClash(app: App, caller: Caller, wanted: Customer) {
  return async (constraint: string): Promise<DomainError | undefined> => {
    if (!identityConstraints.has(constraint)) return undefined;
    const { idempotency: _, ...reader } = caller;
    const { rows } = await app.work(reader, (w) =>
      w.defer<{ email: boolean; external_id: boolean }>(
        takenIdentities(caller.workspaceId, wanted.email, wanted.external_id, wanted.id),
      ),
    );
    const taken = rows[0];
    const email = taken?.email || constraint === 'customers_email_key';
    const external = taken?.external_id || constraint === 'customers_external_id_key';
    return invalid([
      ...(email ? [emailTaken(wanted.email ?? '')] : []),
      ...(external ? [externalIdTaken(wanted.external_id ?? '')] : []),
    ]);
  };
}
