import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import { readVatNumber, type VatNumber } from '../../kernel/vat-number.ts';
import type { App } from '../app.ts';
import { type Customer, lockCustomer } from '../customers/index.ts';
import { readSettings } from '../settings/index.ts';
import { eligible, maintenanceLeft } from './eligibility.ts';
import { keepAnswer } from './evidence.ts';
import { validUntil } from './intervals.ts';
import { ask, type VatAnswer } from './register.ts';
import { moveTo, planCheck, type VatCheck } from './vat-status.ts';

/** Seconds until the next try; each waits twice as long, an hour at most (threats.md T48). */
const FIRST_PAUSE = 30;
const LONGEST_PAUSE = 3_600;
/** Outages beyond this wait no longer. */
const MOST_DOUBLINGS = 10;

const numberOf = (c: Customer) => readVatNumber(c.tax_identifiers.eu_vat);

/** Whether two numbers are the same. */
export const sameNumber = (a: VatNumber | undefined, b: VatNumber | undefined): boolean =>
  a !== undefined && a.country === b?.country && a.number === b.number;

/** When to try again, spread so that an outage does not end in a flood. */
function nextTry(outages: number, least = 0): string {
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(outages, MOST_DOUBLINGS), LONGEST_PAUSE);
  const spread = pause * (0.5 + Math.random() / 2);
  return new Date(Date.now() + 1_000 * Math.max(spread, least)).toISOString();
}

/** The customer, locked; undefined if it is gone. */
async function living(w: Work, job: Caller, id: string): Promise<Customer | undefined> {
  try {
    return await lockCustomer(w, job, { id });
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not_found') return undefined;
    throw error;
  }
}

/** Before the call: whom to ask about; nothing, where it must not be asked or not now. */
async function toAsk(w: Work, job: Caller, check: VatCheck): Promise<VatNumber | undefined> {
  const customer = await living(w, job, check.customerId);
  if (customer?.vat_validation_status !== 'PENDING') return undefined;
  const settings = await readSettings(w, job);
  if (!eligible(customer, settings)) {
    moveTo(w, job, customer, 'UNVALIDATED');
    return undefined;
  }
  const seconds = maintenanceLeft(settings, new Date());
  if (seconds > 0) {
    planCheck(w, job, check, nextTry(0, seconds));
    return undefined;
  }
  return numberOf(customer);
}

/** After the call: the evidence, and the status if the customer still has the number asked about. */
async function settle(
  app: App,
  w: Work,
  job: Caller,
  check: VatCheck,
  number: VatNumber,
  answer: VatAnswer,
): Promise<void> {
  const customer = await living(w, job, check.customerId);
  if (customer === undefined) return;
  const at = new Date();
  if (answer.verdict !== 'unavailable' || answer.asked) {
    const expiresAt =
      answer.verdict === 'valid' ? validUntil(await readSettings(w, job), at) : null;
    const { customerId, type } = check;
    const evidence = { customerId, type, number, at: at.toISOString(), expiresAt };
    keepAnswer(app, w, job, evidence, answer);
  }
  // Another number has a plan of its own, and another status came from somebody else.
  if (customer.vat_validation_status !== 'PENDING' || !sameNumber(number, numberOf(customer)))
    return;
  if (answer.verdict === 'unavailable') {
    const outages = check.outages + (answer.asked ? 1 : 0);
    planCheck(w, job, { ...check, outages }, nextTry(outages));
  } else {
    moveTo(w, job, customer, answer.verdict === 'valid' ? 'VALID' : 'INVALID');
  }
}

/**
 * Checks the number of a customer that is PENDING (billing.md C5); a job. On an outage it stays so
 * and another check is planned, however long the outage lasts.
 */
export async function checkVat(app: App, job: Caller, check: VatCheck): Promise<void> {
  const number = await app.work({ ...job }, (w) => toAsk(w, job, check));
  if (number === undefined) return;
  const answer = await ask(app.vies, number);
  await app.work({ ...job }, (w) => settle(app, w, job, check, number, answer));
}
