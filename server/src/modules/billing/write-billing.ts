import { brokenConstraint } from '../../db/failures.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import {
  type Customer,
  clashes,
  customerChange,
  explainClash,
  insertAll,
  lockCustomer,
  newCustomer,
  stamped,
  updateAll,
} from '../customers/index.ts';
import { newOwner } from '../members/index.ts';
import { planCheck, readTaxNumbers, startsCheck, tellStatus } from '../vat/index.ts';
import { billingCustomerById } from './billing.store.ts';
import { type BillingCustomer, type BillingFields, withFields } from './billing-customer.ts';
import { currencies } from './read-billing.ts';

/** A customer that was written, and whether it is new. */
export interface Written {
  customer: BillingCustomer;
  created: boolean;
}

/** Locks a customer to be changed. Errors: 404; 409 for one that was merged (billing.md C4); 412. */
export async function lockForBilling(w: Work, caller: Caller, id: string): Promise<Customer> {
  try {
    return await lockCustomer(w, caller, { id });
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'not_found') throw error;
    const { rows } = await w.run<Customer>(billingCustomerById(caller.workspaceId, id));
    if (rows[0]?.status === 'MERGED') {
      throw new DomainError(
        'INVALID_STATE_TRANSITION',
        'conflict',
        'This customer was merged and cannot be changed',
      );
    }
    throw notFound('No such customer', { type: 'customer', id });
  }
}

/** The fields with their tax numbers in normal form. Errors: 400 that names every bad one. */
async function readFields<T extends BillingFields>(fields: T): Promise<T> {
  if (fields.tax_identifiers === undefined) return fields;
  const { numbers, issues } = await readTaxNumbers(fields.tax_identifiers);
  if (issues.length > 0) throw invalid(issues);
  return { ...fields, tax_identifiers: numbers };
}

/** Has the number of a customer that is being written checked, where that is due (billing.md C5). */
async function withCheck(
  w: Work,
  caller: Caller,
  before: Customer | null,
  after: BillingCustomer,
  wish: BillingFields['auto_validate_vat'],
): Promise<BillingCustomer> {
  if (!(await startsCheck(w, caller, before, after, wish))) return after;
  planCheck(w, caller, { customerId: after.id, type: 'automatic', outages: 0 });
  return { ...after, vat_validation_status: 'PENDING' };
}

/** Writes a changed customer. Out: it, as it is now. Errors: 409 for an identity that is taken. */
async function save(
  w: Work,
  caller: Caller,
  before: Customer,
  changed: BillingCustomer,
  wish: BillingFields['auto_validate_vat'],
): Promise<BillingCustomer> {
  const { currency, ...record } = await withCheck(w, caller, before, changed, wish);
  const at = new Date().toISOString();
  if (!stamped(before, record, at)) return { ...before, currency };
  const moved = before.email !== record.email || before.external_id !== record.external_id;
  if (moved) {
    const taken = await w.now(clashes(w, record));
    if (taken.length > 0) throw invalid(taken);
  }
  w.defer(updateAll([record], caller.workspaceId));
  w.record(customerChange(before, record, 'customer.updated'));
  tellStatus(w, caller, before, record.vat_validation_status);
  return { ...record, currency };
}

/** Changes a customer (billing.md C3). Errors: 400, 404, 409, 412, 422. */
export async function updateBillingCustomer(
  app: App,
  caller: Caller,
  id: string,
  { mode: _, ...given }: BillingFields,
): Promise<BillingCustomer> {
  const fields = await readFields(given);
  let wanted: Customer | undefined;
  return app.work(
    caller,
    async (w) => {
      const before = await lockForBilling(w, caller, id);
      const after = withFields(before, fields, await currencies(w, caller));
      wanted = after;
      return save(w, caller, before, after, fields.auto_validate_vat);
    },
    {
      explain: async (constraint) =>
        wanted === undefined ? undefined : explainClash(app, caller, wanted)(constraint),
    },
  );
}

async function upsert(
  w: Work,
  caller: Caller,
  externalId: string,
  fields: BillingFields,
): Promise<BillingCustomer | undefined> {
  let before: Customer;
  try {
    before = await lockCustomer(w, caller, { externalId });
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not_found') return undefined;
    throw error;
  }
  if (fields.mode !== undefined && fields.mode !== before.mode) {
    throw new DomainError(
      'CONFLICT',
      'conflict',
      'The mode of a customer is changed by its own operation, with a reason',
      { members: { entity_type: 'customer', entity_id: before.id } },
    );
  }
  const after = withFields(before, fields, await currencies(w, caller));
  return save(w, caller, before, after, fields.auto_validate_vat);
}

/**
 * Creates a customer with its wallet, or updates the one that has the external id (billing.md C9).
 * Errors: 400, 409 for an identity or a mode in conflict, 422.
 */
export async function createBillingCustomer(
  app: App,
  caller: Caller,
  given: BillingFields & { name: string },
): Promise<Written> {
  const fields = await readFields(given);
  const { external_id: externalId } = fields;
  let wanted: Customer | undefined;
  return app.work(
    caller,
    async (w): Promise<Written> => {
      const update = async () =>
        externalId == null ? undefined : upsert(w, caller, externalId, fields);
      const known = await update();
      if (known !== undefined) return { customer: known, created: false };
      const blank = newCustomer(caller.workspaceId, newId(), new Date().toISOString(), {
        mode: fields.mode ?? 'PREPAID',
      });
      const draft = withFields(blank, fields, await currencies(w, caller));
      try {
        const customer = await w.attempt(async () => {
          const made = await withCheck(w, caller, null, draft, fields.auto_validate_vat);
          const { currency: _, ...record } = made;
          wanted = record;
          await w.run(insertAll([record], [newOwner(record, {})]));
          return made;
        });
        const { currency: _, ...record } = customer;
        w.record(customerChange(null, record, 'customer.created'));
        return { customer, created: true };
      } catch (error) {
        // Somebody else was faster with the same external id: now this is an update.
        if (brokenConstraint(error) !== 'customers_external_id_key') throw error;
        const faster = await update();
        if (faster === undefined) throw error;
        return { customer: faster, created: false };
      }
    },
    {
      explain: async (constraint) =>
        wanted === undefined ? undefined : explainClash(app, caller, wanted)(constraint),
    },
  );
}
