import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import {
  type Address,
  type Customer,
  customerChange,
  keptAddress,
  lockCustomer,
  readRecord,
  recordOf,
  stamped,
  updateAll,
} from '../customers/index.ts';
import { type LinkedAccount, readAccounts } from '../linked-accounts/index.ts';
import { queueDescribePayer } from '../payment-methods/index.ts';

/** A customer as it sees itself, with the accounts linked to it by platform and account id. */
export interface Profile extends Customer {
  accounts: Record<string, LinkedAccount>;
}

/** What a customer may change of itself (§8.10): null leaves a field as it is. */
export interface ProfilePatch {
  billing_name?: string | null;
  billing_address?: Address | null;
}

const own = (caller: Caller) => ({ id: caller.portal?.customerId ?? '' });

/** The accounts of the customer and, in a session of a member, of that member (§8.7). */
const accountsOf = (w: Work, caller: Caller): Later<Profile['accounts']> =>
  readAccounts(w, caller).map((accounts) =>
    Object.fromEntries(accounts.map((a) => [`${a.platform}:${a.account_id}`, a])),
  );

/** The customer of a portal session, in one round trip. */
export function getProfile(app: App, caller: Caller): Promise<Profile> {
  return app.work(caller, (w) =>
    readRecord(w, caller, own(caller))
      .and(accountsOf(w, caller))
      .map(([customer, accounts]) => ({ ...customer, accounts })),
  );
}

/** Changes the customer of a portal session (§8.10). */
export function updateProfile(app: App, caller: Caller, patch: ProfilePatch): Promise<Profile> {
  return app.work(caller, async (w) => {
    const linked = accountsOf(w, caller);
    const before = await lockCustomer(w, caller, own(caller));
    const after: Customer = { ...recordOf(before) };
    if (patch.billing_name != null) after.billing_name = patch.billing_name;
    if (patch.billing_address != null) after.billing_address = keptAddress(patch.billing_address);
    if (stamped(before, after, new Date().toISOString())) {
      w.defer(updateAll([after], caller.workspaceId));
      w.record(customerChange(before, after, 'customer.updated'));
      queueDescribePayer(w, after.id);
    }
    return linked.map((accounts) => ({ ...after, accounts }));
  });
}
