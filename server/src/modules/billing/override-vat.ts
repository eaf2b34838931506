import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { invalid } from '../../kernel/errors.ts';
import { readVatNumber } from '../../kernel/vat-number.ts';
import type { App } from '../app.ts';
import type { Customer } from '../customers/index.ts';
import { readSettings } from '../settings/index.ts';
import { keepDecision, moveTo, overriddenUntil } from '../vat/index.ts';
import type { BillingCustomer } from './billing-customer.ts';
import { currencies } from './read-billing.ts';
import { lockForBilling } from './write-billing.ts';

/** What a person says in place of the register (billing.md C5). */
export interface ManualOverride {
  reason: string;
  ttl_days?: number;
  expires_at?: string;
}

function checkEnd(input: ManualOverride, now: Date): void {
  const refuse = (message: string) =>
    invalid([
      {
        in: 'body',
        path: ['expires_at'],
        type: 'value_error',
        message,
        input: input.expires_at,
      },
    ]);
  if (input.expires_at === undefined) return;
  if (input.ttl_days !== undefined) throw refuse('Give this or ttl_days, not both');
  if (input.expires_at <= now.toISOString()) throw refuse('Must be in the future');
}

/** Notes what was done to an override, with its event (billing.md C10). */
function tell(
  w: Work,
  caller: Caller,
  customer: Customer,
  what: 'set' | 'cleared',
  after: { reason: string; expires_at: string } | null,
): void {
  w.record({
    entity: 'vat_override',
    entityId: customer.id,
    customerId: customer.id,
    before: null,
    after,
    personal: ['reason'],
    event: {
      type: what === 'set' ? 'customer.vat_override_set' : 'customer.vat_override_cleared',
      data: {
        customer_id: customer.id,
        actor: caller.actor.id,
        ...(after === null ? {} : { expires_at: after.expires_at }),
      },
    },
  });
}

const priced = async (w: Work, caller: Caller, customer: Customer): Promise<BillingCustomer> => ({
  ...customer,
  currency: (await currencies(w, caller))(customer.preferred_currency),
});

/**
 * Lets a person decide that a number counts (billing.md C2 op 10); repeated, it gets the new reason
 * and end. Errors: 400, 404, 409, 412.
 */
export function overrideVat(
  app: App,
  caller: Caller,
  id: string,
  input: ManualOverride,
): Promise<BillingCustomer> {
  const at = new Date();
  checkEnd(input, at);
  return app.work(caller, async (w) => {
    const before = await lockForBilling(w, caller, id);
    const settings = await readSettings(w, caller);
    const expiresAt = input.expires_at ?? overriddenUntil(settings, at, input.ttl_days);
    const evidence = {
      customerId: id,
      type: 'override' as const,
      number: readVatNumber(before.tax_identifiers.eu_vat),
      at: at.toISOString(),
      expiresAt,
    };
    keepDecision(app, w, caller, evidence, input.reason);
    tell(w, caller, before, 'set', { reason: input.reason, expires_at: expiresAt });
    return priced(w, caller, moveTo(w, caller, before, 'MANUAL'));
  });
}

/** Takes an override back (billing.md C2 op 11); without one nothing changes. Errors: 404, 409, 412. */
export function clearVatOverride(app: App, caller: Caller, id: string): Promise<BillingCustomer> {
  return app.work(caller, async (w) => {
    const before = await lockForBilling(w, caller, id);
    if (before.vat_validation_status !== 'MANUAL') return priced(w, caller, before);
    const evidence = {
      customerId: id,
      type: 'override_cleared' as const,
      number: readVatNumber(before.tax_identifiers.eu_vat),
      at: new Date().toISOString(),
      expiresAt: null,
    };
    keepDecision(app, w, caller, evidence, null);
    tell(w, caller, before, 'cleared', null);
    return priced(w, caller, moveTo(w, caller, before, 'UNVALIDATED'));
  });
}
