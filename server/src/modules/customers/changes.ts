import type { Change } from '../../db/journal.ts';
import { canonicalJson } from '../../kernel/canonical.ts';
import { personalFields } from './customer.fields.ts';
import type { Customer } from './customer.ts';

const HOUSEKEEPING = new Set<string>([
  'workspace_id',
  'id',
  'created_at',
  'modified_at',
  'revision',
]);

const isEmpty = (value: unknown) =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value as object).length === 0);

/** Names of the fields in which two states of a customer differ; jsonb keeps no order of keys. */
export function changedFields(before: Customer, after: Customer): (keyof Customer)[] {
  return (Object.keys(after) as (keyof Customer)[]).filter(
    (f) => !HOUSEKEEPING.has(f) && canonicalJson(before[f]) !== canonicalJson(after[f]),
  );
}

/** Only the record's own fields: an event or audit row carries no members. */
export function recordOf(customer: Customer): Customer {
  const { members: _, ...record } = customer as Customer & { members?: unknown };
  return record;
}

const pick = (customer: Customer, fields: (keyof Customer)[]) =>
  Object.fromEntries(fields.map((f) => [f, customer[f]]));

/** The change that creating, updating or deleting a customer leaves in audit and change log. */
export function customerChange(
  before: Customer | null,
  after: Customer,
  eventType: string,
): Change {
  const fields =
    before === null
      ? (Object.keys(recordOf(after)) as (keyof Customer)[]).filter(
          (f) => !HOUSEKEEPING.has(f) && !isEmpty(after[f]),
        )
      : changedFields(before, after);
  return {
    entity: 'customer',
    entityId: after.id,
    customerId: after.id,
    before: before === null ? null : pick(before, fields),
    after: pick(after, fields),
    personal: personalFields,
    event: { type: eventType, data: recordOf(after) },
  };
}
