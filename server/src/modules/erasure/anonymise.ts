import type { Keys } from '../../kernel/secrets.ts';
import { type Customer, customerFields, newCustomer, recordOf } from '../customers/index.ts';
import { type Member, memberFields } from '../members/index.ts';

/** Domain of addresses that reach nobody: what an erased e-mail ends in (§8.3). */
const NOWHERE = '@redacted.invalid';

type Rules = Record<string, { erasure: string }>;

function erased<T extends object>(
  keys: Keys,
  workspaceId: string,
  row: T,
  rules: Rules,
  blank: Partial<T>,
): T {
  const after = { ...row } as Record<string, unknown>;
  for (const [field, rule] of Object.entries(rules)) {
    const value = after[field];
    if (rule.erasure === 'clear') {
      after[field] = blank[field as keyof T] ?? null;
    } else if (typeof value === 'string' && value !== '') {
      if (rule.erasure === 'pseudonym') after[field] = keys.pseudonym(workspaceId, value);
      if (rule.erasure === 'email') {
        after[field] = keys.pseudonym(workspaceId, value.toLowerCase()) + NOWHERE;
      }
    }
  }
  return after as T;
}

/** A customer as it stays after erasure (§8.3, README decision 5). In: the moment, RFC 3339. */
export function anonymisedCustomer(keys: Keys, before: Customer, at: string): Customer {
  const blank = newCustomer(before.workspace_id, before.id, before.created_at, {});
  return {
    ...erased(keys, before.workspace_id, recordOf(before), customerFields, blank),
    metadata: { __anonymized_at: at },
    anonymized_at: at,
    deleted_at: before.deleted_at ?? at,
    modified_at: at,
    revision: before.revision + 1,
  };
}

/** A member as it stays after erasure. */
export function anonymisedMember(keys: Keys, before: Member, at: string): Member {
  const after = erased(keys, before.workspace_id, before, memberFields, {});
  return { ...after, modified_at: at, deleted_at: before.deleted_at ?? at };
}
