import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type Added, nextAction, savedMethod } from './add-method.ts';
import { carryOutLater, providerOf, recorder } from './carry-out.ts';
import { customerNotReady, methodRefused, providerUnavailable } from './payment-method.errors.ts';
import { payer } from './payment-methods.store.ts';
import { PaymentProviderDown, type ProcessorName } from './port.ts';
import { answered, earlierIntent, early } from './request.ts';
import { settleSetup } from './settle.ts';

interface Payer {
  processor: ProcessorName;
  processor_id: string | null;
}

/**
 * Saves the method of a set-up that the customer went through with its bank (§8.8); confirmed
 * again it gives the same method. Errors: 400 `CustomerNotReady` before any method was added; 400
 * for a set-up that is not the customer's or led to nothing; 502.
 */
export function confirmPaymentMethod(
  app: App,
  caller: Caller,
  customerId: string,
  input: { setup_intent_id: string; set_default: boolean },
): Promise<Added> {
  const whose = { workspaceId: caller.workspaceId, customerId };
  const steps = async (): Promise<Added | { methodId: string }> => {
    const found = await early(app, caller, async (w) => {
      await earlierIntent(w, app, caller, customerId);
      const { rows } = await w.run<Payer>(
        payer(caller.workspaceId, customerId, app.payments.serving.name),
      );
      return rows[0];
    });
    if (found === undefined) throw notFound();
    const { processor, processor_id: payerRef } = found;
    if (payerRef === null) throw customerNotReady();
    const seenAt = new Date().toISOString();
    const state = await providerOf(app, processor)
      ?.readSetup(whose, input.setup_intent_id)
      .catch((error) => {
        if (error instanceof PaymentProviderDown) throw providerUnavailable(error.cause ?? error);
        throw error;
      });
    if (state === undefined || state.customer !== payerRef) throw methodRefused(null);
    const inside = recorder(caller);
    const { method, reason, status, defaultIntent } = await settleSetup(app, inside, {
      ...{ customerId, processor, payerRef, state, seenAt },
      setDefault: input.set_default,
    });
    if (status === 'requires_action') return nextAction(state);
    if (method === undefined) throw methodRefused(reason);
    if (defaultIntent !== undefined) await carryOutLater(app, inside, defaultIntent);
    return { methodId: method.id };
  };
  return answered(app, caller, steps, async (w, result) => {
    w.concerns(customerId);
    return 'methodId' in result ? savedMethod(w, caller, customerId, result.methodId) : result;
  });
}
