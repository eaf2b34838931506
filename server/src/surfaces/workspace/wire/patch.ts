import type { CustomerPatch } from '../../../modules/customers/index.ts';

const FIELDS = ['name', 'billing_address', 'metadata', 'email', 'external_id', 'type'] as const;

/** The fields of an update body that a caller may set. The form by external id lacks the last two. */
export function patchOf(body: CustomerPatch): CustomerPatch {
  const given: Record<string, unknown> = {};
  for (const field of FIELDS) if (body[field] !== undefined) given[field] = body[field];
  return given as CustomerPatch;
}
