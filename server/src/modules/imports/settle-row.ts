import { bodyIssue, type Issue } from '../../kernel/errors.ts';
import { newId, parseUuid } from '../../kernel/ids.ts';
import {
  type Customer,
  type CustomerPatch,
  emailTaken,
  externalIdTaken,
  newCustomer,
  patched,
  stamped,
  workspaceGiven,
} from '../customers/index.ts';
import { type Member, newOwner, type OwnerDraft } from '../members/index.ts';
import type { Identity, KnownCustomers } from './known-customers.ts';
import type { Row } from './row.ts';

/** The rules of creating and changing: each checks a body and brings it into normal form in place. */
export interface CustomerRules {
  create(body: Record<string, unknown>): Issue[];
  update(body: Record<string, unknown>): Issue[];
}

/** What a row does. */
export type Step =
  | { does: 'created'; after: Customer; owner: Member }
  | { does: 'updated'; before: Customer; after: Customer }
  | { does: 'unchanged'; after: Customer }
  | { does: 'failed'; issues: Issue[] };

type Body = Record<string, unknown>;
const FIELDS = ['external_id', 'email', 'name', 'type', 'workspace_id'] as const;
const NESTED = ['billing_address', 'metadata', 'owner'] as const;

const isObject = (value: unknown): value is Body =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What a row's dotted columns start from, where the row does not give the whole. */
function ground(field: (typeof NESTED)[number], parts: Body, existing: Customer | undefined): Body {
  if (existing === undefined || field === 'owner') return {};
  if (field === 'metadata') return existing.metadata;
  const stored = existing.billing_address;
  const elsewhere =
    typeof parts.country === 'string' && parts.country.trim().toUpperCase() !== stored?.country;
  // Another country is another address: nothing of the old one fits it.
  return stored === null || elsewhere ? {} : { ...stored };
}

/** The body that a row stands for, given the customer it names. */
function bodyOf(row: Row, existing: Customer | undefined): Body {
  const body: Body = {};
  for (const field of FIELDS) if (field in row.given) body[field] = row.given[field];
  for (const field of NESTED) {
    const parts: Body = {};
    for (const [column, value] of Object.entries(row.given)) {
      if (column.startsWith(`${field}.`)) parts[column.slice(field.length + 1)] = value;
    }
    const whole = row.given[field];
    if (Object.keys(parts).length === 0) {
      if (whole !== undefined) body[field] = whole;
      continue;
    }
    const merged = { ...(isObject(whole) ? whole : ground(field, parts, existing)) };
    for (const [name, value] of Object.entries(parts)) {
      const same = row.text && Object.hasOwn(merged, name) && String(merged[name]) === value;
      if (value === null && field === 'metadata') delete merged[name];
      else if (!same) merged[name] = value;
    }
    body[field] = merged;
  }
  return body;
}

/** By what a row names its customer; or what is wrong with that. */
export function identityOf(row: Row, rules: CustomerRules): Identity | undefined {
  const { id, external_id, email } = row.given;
  const names: Body = {};
  if (external_id !== undefined) names.external_id = external_id;
  if (email !== undefined) names.email = email;
  const uuid = typeof id === 'string' ? parseUuid(id) : undefined;
  if ((id !== undefined && uuid === undefined) || rules.update(names).length > 0) return undefined;
  return {
    ...(uuid === undefined ? {} : { id: uuid.id }),
    ...(typeof names.external_id === 'string' ? { externalId: names.external_id } : {}),
    ...(typeof names.email === 'string' ? { email: names.email } : {}),
  };
}

function create(row: Row, rules: CustomerRules, workspaceId: string, at: string): Step {
  const body = bodyOf(row, undefined);
  const issues = rules.create(body);
  const { id } = row.given;
  if (typeof id === 'string' && parseUuid(id) === undefined) {
    issues.push({ ...bodyIssue(['id'], 'Must be a UUID', id), type: 'uuid_parsing' });
  }
  if (typeof body.workspace_id === 'string' && issues.length === 0) {
    issues.push(workspaceGiven(body.workspace_id));
  }
  if (issues.length > 0) return { does: 'failed', issues };
  const {
    owner,
    workspace_id: _,
    type,
    ...draft
  } = body as CustomerPatch & {
    owner?: OwnerDraft | null;
    workspace_id?: null;
  };
  const after = newCustomer(workspaceId, newId(), at, {
    name: null,
    external_id: null,
    ...draft,
    type: type ?? 'individual',
  });
  return { does: 'created', after, owner: newOwner(after, owner ?? {}) };
}

function update(
  row: Row,
  before: Customer,
  known: KnownCustomers,
  rules: CustomerRules,
  at: string,
): Step {
  const { owner: _, workspace_id: __, ...body } = bodyOf(row, before);
  const broken = rules.update(body);
  if (broken.length > 0) return { does: 'failed', issues: broken };
  const { after, issues } = patched(before, body as CustomerPatch);
  const other = (holder: Customer | undefined) => holder !== undefined && holder.id !== before.id;
  if (after.email !== before.email && other(known.withEmail(after.email))) {
    issues.push(emailTaken(after.email ?? ''));
  }
  if (after.external_id !== before.external_id && other(known.withExternalId(after.external_id))) {
    issues.push(externalIdTaken(after.external_id ?? ''));
  }
  if (issues.length > 0) return { does: 'failed', issues };
  if (!stamped(before, after, at)) return { does: 'unchanged', after: before };
  return { does: 'updated', before, after };
}

/**
 * Decides what a row does: it changes the customer it names, by the rules of an update, or creates
 * one, by those of a creation. Every broken rule is reported.
 */
export function settleRow(
  row: Row,
  identity: Identity | undefined,
  known: KnownCustomers,
  rules: CustomerRules,
  workspaceId: string,
): Step {
  const at = new Date().toISOString();
  const before = identity === undefined ? undefined : known.match(identity);
  return before === undefined
    ? create(row, rules, workspaceId, at)
    : update(row, before, known, rules, at);
}
