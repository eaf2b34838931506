import type { CustomerPatch } from '../../../modules/customers/index.ts';

const SHARED = ['name', 'billing_address', 'metadata', 'email'] as const;
const FIELDS = {
  id: [...SHARED, 'external_id', 'type'],
  external_id: SHARED,
} as const;

/** The fields of an update body that a caller may set, by how the customer was named (§5.7). */
export function patchOf(body: CustomerPatch, namedBy: keyof typeof FIELDS): CustomerPatch {
  const given: Record<string, unknown> = {};
  for (const field of FIELDS[namedBy]) if (body[field] !== undefined) given[field] = body[field];
  return given as CustomerPatch;
}
