import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type Customer, customerChange, recordOf, stamped, updateAll } from '../customers/index.ts';
import { type BillingCustomer, taxType } from './billing-customer.ts';
import { currencies } from './read-billing.ts';
import { lockForBilling, updateBillingCustomer } from './write-billing.ts';

/** ISO 3166-1 codes of the member states of the European Union. */
const EU = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

interface Flip {
  field: 'mode' | 'customer_type';
  event: string;
  hint?: (before: Customer) => Record<string, unknown>;
}

/** Flips a field that is an accounting decision: with a reason, an audit row and its own event. */
function flip(
  app: App,
  caller: Caller,
  id: string,
  { field, event, hint }: Flip,
  to: string,
  reason: string,
): Promise<BillingCustomer> {
  return app.work(caller, async (w) => {
    const before = await lockForBilling(w, caller, id);
    const currency = (await currencies(w, caller))(before.preferred_currency);
    if (before[field] === to) return { ...before, currency };
    const after = { ...recordOf(before), [field]: to } as Customer;
    stamped(before, after, new Date().toISOString());
    w.defer(updateAll([after], caller.workspaceId));
    const change = customerChange(before, after, event);
    w.record({
      ...change,
      after: { ...change.after, reason },
      personal: [...change.personal, 'reason'],
      event: {
        type: event,
        data: {
          customer_id: id,
          from: before[field],
          to,
          reason,
          actor: caller.actor.id,
          ...hint?.(before),
        },
      },
    });
    return { ...after, currency };
  });
}

/** Changes the billing mode; nothing is moved (billing.md C6). Errors: 404, 409, 412. */
export function changeMode(
  app: App,
  caller: Caller,
  id: string,
  input: { mode: Customer['mode']; reason: string },
): Promise<BillingCustomer> {
  const what = { field: 'mode', event: 'customer.mode_changed' } as const;
  return flip(app, caller, id, what, input.mode, input.reason);
}

/**
 * Changes the tax type (billing.md C6). A business of the European Union that was unknown until
 * now may need earlier invoices corrected, which the event says. Errors: 404, 409, 412.
 */
export function changeType(
  app: App,
  caller: Caller,
  id: string,
  input: { customer_type: string; reason: string },
): Promise<BillingCustomer> {
  const to = taxType(input.customer_type);
  const what: Flip = {
    field: 'customer_type',
    event: 'customer.type_changed',
    hint: (before) => ({
      corrective_invoice_candidate:
        before.customer_type === 'UNKNOWN' &&
        to === 'BUSINESS' &&
        EU.has(before.billing_address?.country ?? ''),
    }),
  };
  return flip(app, caller, id, what, to, input.reason);
}

/** Chooses payment providers (billing.md C6). Errors: 400 for none; 404, 409, 412, 422. */
export function changeProviders(
  app: App,
  caller: Caller,
  id: string,
  input: { preferred_provider?: string | null; disabled_providers?: string[] },
): Promise<BillingCustomer> {
  const { preferred_provider, disabled_providers } = input;
  if (preferred_provider === undefined && disabled_providers === undefined) {
    const { rule: _, ...issue } = bodyIssue(
      ['preferred_provider'],
      'Say what to change: preferred_provider or disabled_providers',
    );
    throw invalid([issue]);
  }
  return updateBillingCustomer(app, caller, id, {
    ...(preferred_provider === undefined ? {} : { preferred_provider }),
    ...(disabled_providers === undefined ? {} : { disabled_providers }),
  });
}
