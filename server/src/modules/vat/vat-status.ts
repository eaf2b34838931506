import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { readVatNumber } from '../../kernel/vat-number.ts';
import { type Customer, recordOf, stamped, updateAll } from '../customers/index.ts';
import { readSettings } from '../settings/index.ts';
import { eligible } from './eligibility.ts';
import { dropPlanned } from './vat.store.ts';

type VatStatus = Customer['vat_validation_status'];

/** The kind of job that checks a number. */
export const CHECK_VAT = 'vat.check';

/** What such a job is given. */
export interface VatCheck {
  customerId: string;
  type: 'automatic' | 'recheck';
  /** How often the register said nothing so far. */
  outages: number;
}

/** Plans the check of a customer that is PENDING, in place of any other plan for it. */
export function planCheck(w: Work, caller: Caller, check: VatCheck, runAt?: string): void {
  w.defer(dropPlanned(caller.workspaceId, check.customerId, CHECK_VAT));
  w.enqueue({
    kind: CHECK_VAT,
    payload: check,
    customerId: check.customerId,
    ...(runAt === undefined ? {} : { runAt }),
  });
}

/** Tells of a status that changed (billing.md C10); the customer is written by whoever changed it. */
export function tellStatus(w: Work, caller: Caller, before: Customer, to: VatStatus): void {
  if (before.vat_validation_status === to) return;
  w.record({
    entity: 'vat_status',
    entityId: before.id,
    customerId: before.id,
    before: { vat_validation_status: before.vat_validation_status },
    after: { vat_validation_status: to },
    personal: [],
    event: {
      type: 'customer.vat_status_changed',
      data: {
        customer_id: before.id,
        from: before.vat_validation_status,
        to,
        actor: caller.actor.id,
      },
    },
  });
}

/** Moves a locked customer to a status. Out: it, as it is now. */
export function moveTo(w: Work, caller: Caller, before: Customer, to: VatStatus): Customer {
  const after = { ...recordOf(before), vat_validation_status: to };
  if (!stamped(before, after, new Date().toISOString())) return before;
  w.defer(updateAll([after], caller.workspaceId));
  tellStatus(w, caller, before, to);
  return after;
}

/**
 * Whether writing a customer starts a check of its number (billing.md C5): it is new, it or the
 * country changed, or the caller asks for it; and the customer is eligible.
 */
export async function startsCheck(
  w: Work,
  caller: Caller,
  before: Customer | null,
  after: Customer,
  wish: boolean | null | undefined,
): Promise<boolean> {
  const same =
    before !== null &&
    before.tax_identifiers.eu_vat === after.tax_identifiers.eu_vat &&
    before.billing_address?.country === after.billing_address?.country;
  if (wish === false || (same && wish !== true)) return false;
  if (after.vat_validation_status === 'MANUAL' || after.vat_validation_status === 'PENDING') {
    return false;
  }
  if (readVatNumber(after.tax_identifiers.eu_vat) === undefined) return false;
  return eligible(after, await readSettings(w, caller));
}
