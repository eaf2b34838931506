import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { customerChange, recordOf } from './changes.ts';
import { type Address, type Customer, keptAddress } from './customer.ts';
import { foundCustomer, readOne, updateAll } from './customers.store.ts';
import { lockCustomer } from './lock-customer.ts';
import { stamped } from './update-customer.ts';

/** A customer as it sees itself, with the accounts linked to it. */
export interface Profile extends Customer {
  accounts: Record<string, { account_id: string; account_username: string | null }>;
}

/** What a customer may change of itself (§8.10): null leaves a field as it is. */
export interface ProfilePatch {
  billing_name?: string | null;
  billing_address?: Address | null;
}

const own = (caller: Caller) => ({ id: caller.portal?.customerId ?? '' });

/** The customer of a portal session, in one round trip. */
export function getProfile(app: App, caller: Caller): Promise<Profile> {
  return app.work(caller, (w) => {
    const [customer, team] = readOne(caller.workspaceId, own(caller));
    return w
      .defer(customer)
      .and(w.defer(team))
      .map(([found, members]) => ({ ...recordOf(foundCustomer(found, members)), accounts: {} }));
  });
}

/** Changes the customer of a portal session (§8.10). */
export function updateProfile(app: App, caller: Caller, patch: ProfilePatch): Promise<Profile> {
  return app.work(caller, async (w) => {
    const before = await lockCustomer(w, caller, own(caller));
    const after: Customer = { ...recordOf(before) };
    if (patch.billing_name != null) after.billing_name = patch.billing_name;
    if (patch.billing_address != null) after.billing_address = keptAddress(patch.billing_address);
    if (stamped(before, after, new Date().toISOString())) {
      w.defer(updateAll([after], caller.workspaceId));
      w.record(customerChange(before, after, 'customer.updated'));
    }
    return { ...after, accounts: {} };
  });
}
