import { writeMoney } from '../../../kernel/money.ts';
import type { CustomerRecord } from '../../../modules/records/index.ts';

/** What another system holds about a customer. */
export const recordWire = (r: CustomerRecord) => ({
  id: r.id,
  customer_id: r.customer_id,
  kind: r.kind,
  external_id: r.external_id,
  amount:
    r.amount === null || r.currency === null
      ? null
      : { value: writeMoney(r.amount, r.currency), currency: r.currency },
  occurred_at: r.occurred_at,
  metadata: r.metadata,
  created_at: r.created_at,
  updated_at: r.modified_at ?? r.created_at,
});
