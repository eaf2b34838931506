import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { type DomainError, type Issue, invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { emailTaken, externalIdTaken, identityConstraints } from './customer.errors.ts';
import type { Customer } from './customer.ts';
import { takenIdentities } from './customers.store.ts';

/** What of a customer's identities another live customer holds already. */
export function clashes(w: Work, wanted: Customer, broken?: string): Later<Issue[]> {
  return w
    .defer<{ email: boolean; external_id: boolean }>(
      takenIdentities(wanted.workspace_id, wanted.email, wanted.external_id, wanted.id),
    )
    .map(({ rows }) => {
      const email = rows[0]?.email || broken === 'customers_email_key';
      const external = rows[0]?.external_id || broken === 'customers_external_id_key';
      return [
        ...(email ? [emailTaken(wanted.email ?? '')] : []),
        ...(external ? [externalIdTaken(wanted.external_id ?? '')] : []),
      ];
    });
}

/**
 * Explains a broken unique constraint of customers: names every identity that is taken, since the
 * database stops at the first. Out: what `WorkOptions.explain` wants.
 */
export function explainClash(app: App, caller: Caller, wanted: Customer) {
  return async (constraint: string): Promise<DomainError | undefined> => {
    if (!identityConstraints.has(constraint)) return undefined;
    const { idempotency: _, ...reader } = caller;
    return invalid(await app.work(reader, (w) => clashes(w, wanted, constraint)));
  };
}
