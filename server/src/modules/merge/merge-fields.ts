import { canonicalJson } from '../../kernel/canonical.ts';
import { type Customer, customerFields, recordOf } from '../customers/index.ts';
import type { Unsplit } from '../wallets/index.ts';
import type { MergedField, Strategy } from './merge.ts';

type Field = keyof Customer;
type Values = Record<string, unknown>;

const ruled = (rule: string) =>
  (Object.keys(customerFields) as Field[]).filter((f) => customerFields[f].merge === rule);
const chosen = ruled('strategy');
const united = ruled('unite');

const same = (a: unknown, b: unknown) => canonicalJson(a ?? null) === canonicalJson(b ?? null);

/** A field that says nothing: a strategy never lets it win over one that says something. */
const missing = (field: Field, value: unknown) =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (field === 'customer_type' && value === 'UNKNOWN');

function unite(winner: unknown, loser: unknown): unknown {
  if (Array.isArray(winner)) return [...new Set([...winner, ...(loser as unknown[])])];
  return { ...(loser as Values), ...(winner as Values) };
}

/** Whose value a field of the survivor is. */
function originOf(field: Field, value: unknown, source: Customer, target: Customer) {
  if (same(value, target[field])) return 'target';
  return same(value, source[field]) ? 'source' : 'both';
}

/**
 * The survivor after a merge (billing.md C8): each field as its rule in customer.fields.ts says.
 * Out: it, and whose value each field is.
 */
export function mergedCustomer(
  source: Customer,
  target: Customer,
  strategy: Strategy,
): { after: Customer; fields: MergedField[] } {
  const after: Customer = { ...recordOf(target) };
  const values = after as unknown as Values;
  for (const field of chosen) {
    const [mine, theirs] = [target[field], source[field]];
    const takes =
      strategy === 'KEEP_SOURCE' || (strategy === 'FILL_MISSING' && missing(field, mine));
    if (takes && !missing(field, theirs)) values[field] = theirs;
  }
  const [winner, loser] = strategy === 'KEEP_SOURCE' ? [source, target] : [target, source];
  for (const field of united) values[field] = unite(winner[field], loser[field]);
  after.external_id = target.external_id ?? source.external_id;
  if (!same(after.email, target.email)) after.email_verified = source.email_verified;
  after.vat_validation_status = vatStatus(after, source, target);
  // What each of them says alone may be a contradiction together.
  if (!after.vat_validation_disabled) after.vat_validation_disabled_reason = null;
  if (after.disabled_providers.includes(after.preferred_provider ?? '')) {
    after.preferred_provider = null;
  }
  const fields = [...chosen, ...united, 'external_id' as Field].sort().map((field) => {
    const value = after[field];
    return { field, value, from: originOf(field, value, source, target) } as MergedField;
  });
  return { after, fields };
}

function vatStatus(after: Customer, source: Customer, target: Customer) {
  const number = after.tax_identifiers.eu_vat;
  const ofSource = number !== undefined && number === source.tax_identifiers.eu_vat;
  const ofTarget = number === target.tax_identifiers.eu_vat;
  if (ofTarget && !(ofSource && target.vat_validation_status === 'UNVALIDATED')) {
    return target.vat_validation_status;
  }
  return ofSource ? source.vat_validation_status : 'UNVALIDATED';
}

/** Takes back the keys that a merge brought into an object, but for those that changed since. */
function withoutKeys(
  now: Values,
  before: Values,
  after: Values,
): { value: Values; kept: string[] } {
  const value = { ...now };
  const kept: string[] = [];
  for (const key of Object.keys(after)) {
    if (same(before[key], after[key])) continue;
    if (!same(now[key], after[key])) kept.push(key);
    else if (Object.hasOwn(before, key)) value[key] = before[key];
    else delete value[key];
  }
  return { value, kept };
}

/**
 * The survivor after a merge was undone: each field that the merge changed as it was before, but
 * for those that somebody changed since. In: it as it is now, and its record before and after the
 * merge. Out: it, and what was kept.
 */
export function unmergedCustomer(
  now: Customer,
  before: Customer,
  after: Customer,
): { customer: Customer; unsplit: Unsplit[] } {
  const customer: Customer = { ...recordOf(now) };
  const values = customer as unknown as Values;
  const unsplit: Unsplit[] = [];
  const keep = (id: string) =>
    unsplit.push({ kind: 'field', id, detail: 'It was changed since the merge: it stays' });
  const derived: Field[] = ['external_id', 'email_verified', 'vat_validation_status'];
  for (const field of [...chosen, ...derived]) {
    if (same(before[field], after[field])) continue;
    if (same(now[field], after[field])) values[field] = before[field];
    else keep(field);
  }
  for (const field of united) {
    if (same(before[field], after[field])) continue;
    if (same(now[field], after[field])) {
      values[field] = before[field];
    } else if (field === 'tags') {
      const came = after.tags.filter((tag) => !before.tags.includes(tag));
      customer.tags = now.tags.filter((tag) => !came.includes(tag));
    } else {
      const [a, b, c] = [now[field], before[field], after[field]] as [Values, Values, Values];
      const { value, kept } = withoutKeys(a, b, c);
      values[field] = value;
      for (const key of kept) keep(`${field}.${key}`);
    }
  }
  return { customer, unsplit };
}
