import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import { readVatNumber, type VatNumber } from '../../kernel/vat-number.ts';
import type { App } from '../app.ts';
import type { Customer } from '../customers/index.ts';
import { readSettings } from '../settings/index.ts';
import {
  ask,
  keepAnswer,
  maintenanceLeft,
  moveTo,
  sameNumber,
  switchedOn,
  type VatAnswer,
  validUntil,
} from '../vat/index.ts';
import type { BillingCustomer } from './billing-customer.ts';
import { currencies } from './read-billing.ts';
import { lockForBilling } from './write-billing.ts';

/** Seconds after which asking again makes sense when the register was not to be reached. */
const PATIENCE = 30;

const numberOf = (customer: Customer) => readVatNumber(customer.tax_identifiers.eu_vat);

/** Why a customer's number may not be checked now (billing.md C5, "Op 9 guards"). */
async function guard(w: Work, caller: Caller, customer: Customer): Promise<void> {
  const settings = await readSettings(w, caller);
  const members = { entity_type: 'customer', entity_id: customer.id };
  if (!switchedOn(settings)) {
    const message = 'The workspace has the checks of VAT numbers switched off';
    throw new DomainError('VAT_VALIDATION_DISABLED', 'rule', message);
  }
  if (customer.vat_validation_disabled) {
    const message = 'The number of this customer is never checked';
    throw new DomainError('CUSTOMER_VAT_VALIDATION_DISABLED', 'rule', message, { members });
  }
  if (numberOf(customer) === undefined) {
    const message = 'The customer has no eu_vat number that can be checked';
    throw new DomainError('VAT_NUMBER_MISSING', 'rule', message, { members });
  }
  const seconds = maintenanceLeft(settings, new Date());
  if (seconds > 0) {
    const message = 'No number is checked during the maintenance window';
    throw new DomainError('VIES_MAINTENANCE_WINDOW', 'unavailable', message, {
      retryAfterSeconds: seconds,
    });
  }
}

/** Keeps the evidence of a check that was asked for. */
async function keep(
  app: App,
  w: Work,
  caller: Caller,
  customer: Customer,
  number: VatNumber,
  answer: VatAnswer,
): Promise<void> {
  const at = new Date();
  const holds = answer.verdict === 'valid';
  const evidence = {
    customerId: customer.id,
    type: 'requested' as const,
    number,
    at: at.toISOString(),
    expiresAt: holds ? validUntil(await readSettings(w, caller), at) : null,
  };
  keepAnswer(app, w, caller, evidence, answer);
}

/**
 * Checks a customer's number now (billing.md C2 op 9); what VIES says replaces any status, an
 * override, too. Errors: 404, 409, 412, 422 by the guards; 503 in the maintenance window, and where
 * VIES has no answer, which leaves evidence and the status as it was.
 */
export async function verifyVat(app: App, caller: Caller, id: string): Promise<BillingCustomer> {
  // Taken back at once: it checks the guards and whether this Idempotency-Key has its answer.
  const before = await app.work(
    caller,
    async (w): Promise<BillingCustomer> => {
      const customer = await lockForBilling(w, caller, id);
      await guard(w, caller, customer);
      return { ...customer, currency: (await currencies(w, caller))(customer.preferred_currency) };
    },
    { rollback: true },
  );
  const number = numberOf(before) as VatNumber;
  const answer = await ask(app.vies, number);
  if (answer.verdict === 'unavailable') {
    const { idempotency: _, ifMatch: __, ...plain } = caller;
    await app.work(plain, async (w) => {
      const customer = await lockForBilling(w, plain, id);
      await keep(app, w, plain, customer, number, answer);
    });
    throw new DomainError('SERVICE_UNAVAILABLE', 'unavailable', 'VIES does not answer at present', {
      retryAfterSeconds: PATIENCE,
    });
  }
  return app.work(caller, async (w) => {
    const customer = await lockForBilling(w, caller, id);
    if (!sameNumber(number, numberOf(customer))) {
      const message = 'The VAT number was changed while it was checked';
      throw new DomainError('CONFLICT', 'conflict', message, {
        members: { entity_type: 'customer', entity_id: id },
      });
    }
    await keep(app, w, caller, customer, number, answer);
    const after = moveTo(w, caller, customer, answer.verdict === 'valid' ? 'VALID' : 'INVALID');
    return { ...after, currency: before.currency };
  });
}
