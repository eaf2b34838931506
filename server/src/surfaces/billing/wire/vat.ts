import type { VatValidation } from '../../../modules/vat/index.ts';

/** A row of evidence. */
export const vatValidationWire = (v: VatValidation) => ({
  id: v.id,
  organization_id: v.workspace_id,
  customer_id: v.customer_id,
  provider: v.provider,
  check_type: v.check_type,
  country_code: v.country,
  vat_number: v.number,
  requester: v.requester,
  verdict: v.verdict,
  failure: v.failure,
  consultation_number: v.consultation_number,
  name: v.name,
  address: v.address,
  result_payload: v.payload,
  reason: v.reason,
  actor_id: v.actor_id,
  checked_at: v.checked_at,
  expires_at: v.expires_at,
});
