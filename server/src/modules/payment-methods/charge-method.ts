import type { Work } from '../../db/work.ts';
import type { App } from '../app.ts';
import { isOld, once } from './asking.ts';
import { providerOf } from './carry-out.ts';
import { providerUnavailable } from './payment-method.errors.ts';
import { reasonOf } from './payment-method.ts';
import { chargeableMethod } from './payment-methods.store.ts';
import {
  type Charge,
  type NewCharge,
  PaymentProviderDown,
  PaymentRefused,
  type ProcessorName,
} from './port.ts';
import { REFUSED } from './settle.ts';

/** What a customer is charged by: ids of the processor. */
export interface Chargeable {
  processor: ProcessorName;
  customer: string;
  method: string;
}

/** The default method of a customer at the processor that serves it, if there is one. */
export async function findChargeable(
  w: Work,
  app: App,
  workspaceId: string,
  customerId: string,
): Promise<Chargeable | undefined> {
  const { rows } = await w.run<Chargeable>(
    chargeableMethod(workspaceId, customerId, app.payments.serving.name),
  );
  return rows[0];
}

/** A charge that is to be made exactly once. */
export interface ChargeOrder extends Omit<NewCharge, 'returnUrl'>, Chargeable {
  /** Of our record of it, which was written before. */
  id: string;
  created_at: string;
  /** This one counted. */
  attempts: number;
  /** Whether it may still be asked for, or only be looked for. */
  wanted: boolean;
}

/**
 * `none`: it was not made and will not be. `later`: nothing is known, and it is not asked for any
 * more. `again`: it was not made, and can be asked for in a new round.
 */
export type ChargeOutcome = Charge | 'none' | 'later' | 'again';

/**
 * Has a charge made, at most once whatever is lost on the way: what an earlier try may have made
 * is looked for first, and after 23 hours nothing is asked for (threats.md T32).
 * Errors: 502 while the processor gives no answer.
 */
export async function chargeOnce(app: App, order: ChargeOrder): Promise<ChargeOutcome> {
  const { id, created_at, attempts, wanted, processor, ...told } = order;
  const { workspaceId, customerId, customer } = told;
  const provider = providerOf(app, processor);
  if (provider === undefined) throw providerUnavailable();
  const old = isOld(order);
  try {
    const charge = await once(
      { attempts, created_at },
      () => provider.findCharge(id, { workspaceId, customerId, customer }, created_at),
      wanted ? () => provider.charge(id, { ...told, returnUrl: app.publicUrl }) : undefined,
    );
    if (charge === undefined) return wanted && !old ? 'again' : 'none';
    const reason = charge.status === 'refused' ? (reasonOf(charge.reason) ?? REFUSED) : null;
    return { ...charge, reason };
  } catch (error) {
    const refused = error instanceof PaymentRefused;
    if (!refused && !(error instanceof PaymentProviderDown)) throw error;
    if (old) return refused ? 'none' : 'later';
    // Refused now; but an earlier try may be under way all the same.
    if (!refused || attempts > 1) throw providerUnavailable(error.cause ?? error);
    return { id: null, status: 'refused', reason: reasonOf(error.reason) ?? REFUSED };
  }
}
