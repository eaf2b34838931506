import type { Caller } from '../../kernel/caller.ts';
import { type Issue, invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { changedFields, customerChange, recordOf } from './changes.ts';
import { clashes, explainClash } from './clash.ts';
import { externalIdFixed, typeDowngraded } from './customer.errors.ts';
import {
  type Customer,
  type CustomerDraft,
  type CustomerWithMembers,
  keptAddress,
} from './customer.ts';
import { type CustomerKey, updateAll } from './customers.store.ts';
import { lockCustomer } from './lock-customer.ts';

/** Fields to change; what is absent stays (§8.2). */
export type CustomerPatch = Pick<CustomerDraft, 'name' | 'billing_address' | 'metadata'> & {
  email?: string | null;
  external_id?: string | null;
  type?: 'individual' | 'team' | null;
};

const same = (a: string | null, b: string | null) =>
  (a ?? '').toLowerCase() === (b ?? '').toLowerCase();

/** A customer after a patch, by the rules of §8.2; every broken rule is reported. */
export function patched(
  before: Customer,
  patch: CustomerPatch,
): { after: Customer; issues: Issue[] } {
  const issues: Issue[] = [];
  const after: Customer = { ...recordOf(before) };
  if (patch.name !== undefined) after.name = patch.name;
  if (patch.billing_address !== undefined)
    after.billing_address = keptAddress(patch.billing_address);
  if (patch.metadata !== undefined) after.metadata = patch.metadata;
  if (typeof patch.email === 'string' && !same(patch.email, before.email)) {
    after.email = patch.email;
    after.email_verified = false;
  }
  if (patch.external_id !== undefined && patch.external_id !== before.external_id) {
    if (before.external_id !== null) issues.push(externalIdFixed(patch.external_id));
    else after.external_id = patch.external_id;
  }
  if (typeof patch.type === 'string' && patch.type !== before.type) {
    if (before.type === 'team') issues.push(typeDowngraded(patch.type));
    else after.type = patch.type;
  }
  return { after, issues };
}

/** Whether a patch changed anything; if so its time and revision move. */
export function stamped(before: Customer, after: Customer, at: string): boolean {
  if (changedFields(recordOf(before), after).length === 0) return false;
  after.modified_at = at;
  after.revision = before.revision + 1;
  return true;
}

/**
 * Changes a customer (§8.2). A patch that changes nothing writes nothing.
 * Errors: 404, 412, 422 with every broken rule.
 */
export async function updateCustomer(
  app: App,
  caller: Caller,
  key: CustomerKey,
  patch: CustomerPatch,
): Promise<CustomerWithMembers> {
  let wanted: Customer | undefined;
  return app.work(
    caller,
    async (w) => {
      const before = await lockCustomer(w, caller, key);
      const { after, issues } = patched(before, patch);
      wanted = after;
      if (issues.length > 0) throw invalid([...(await w.now(clashes(w, after))), ...issues]);
      if (stamped(before, after, new Date().toISOString())) {
        w.defer(updateAll([after], caller.workspaceId));
        w.record(customerChange(before, after, 'customer.updated'));
      }
      return { ...after, members: before.members };
    },
    {
      explain: async (constraint) =>
        wanted === undefined ? undefined : explainClash(app, caller, wanted)(constraint),
    },
  );
}
