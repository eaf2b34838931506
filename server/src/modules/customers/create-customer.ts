import type { Caller } from '../../kernel/caller.ts';
import { invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { newOwner, type OwnerDraft } from '../members/index.ts';
import { customerChange } from './changes.ts';
import { explainClash } from './clash.ts';
import { workspaceGiven } from './customer.errors.ts';
import {
  type CustomerDraft,
  type CustomerType,
  type CustomerWithMembers,
  newCustomer,
} from './customer.ts';
import { insertAll } from './customers.store.ts';

/** Input of `createCustomer`. */
export interface CreateCustomer extends Omit<CustomerDraft, 'type'> {
  /** Null means the default, individual. */
  type?: CustomerType | null;
  owner?: OwnerDraft | null;
  /** Never allowed with a workspace's token (§8.1). */
  workspace_id?: string | null;
}

/**
 * Creates a customer and its owner member (§8.1, README decision 2) in one round trip.
 * Errors: 422 for an email or external id that a live customer holds, both named at once.
 */
export async function createCustomer(
  app: App,
  caller: Caller,
  input: CreateCustomer,
): Promise<CustomerWithMembers> {
  const { owner: ownerDraft, workspace_id: given, type, ...draft } = input;
  if (given !== undefined && given !== null) throw invalid([workspaceGiven(given)]);
  const at = new Date().toISOString();
  const customer = newCustomer(caller.workspaceId, newId(), at, {
    ...draft,
    type: type ?? 'individual',
  });
  const owner = newOwner(customer, ownerDraft ?? {});
  return app.work(
    caller,
    (w) => {
      w.record(customerChange(null, customer, 'customer.created'));
      return w.defer(insertAll([customer], [owner])).map(() => ({ ...customer, members: [owner] }));
    },
    { explain: explainClash(app, caller, customer) },
  );
}
