import type { Added, PaymentMethod } from '../../../modules/payment-methods/index.ts';

/** A payment method as its customer sees it (§5.8); the sandbox stands in for Stripe (decision 24). */
export function paymentMethodWire(m: PaymentMethod) {
  return {
    id: m.id,
    created_at: m.created_at,
    modified_at: m.modified_at,
    processor: 'stripe' as const,
    type: m.type,
    brand: m.brand,
    last4: m.last4,
    exp_month: m.exp_month,
    exp_year: m.exp_year,
    is_default: m.is_default,
  };
}

/** What adding or confirming a method came to. */
export function addedWire(added: Added) {
  return added.status === 'succeeded'
    ? { status: added.status, payment_method: paymentMethodWire(added.method) }
    : { status: added.status, client_secret: added.clientSecret };
}
