import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { carryOut, failureOf, recorder } from './carry-out.ts';
import { notYourMethod, unknownMethod } from './payment-method.errors.ts';
import type { PaymentMethod } from './payment-method.ts';
import { listMethods, liveMethod, methodById } from './payment-methods.store.ts';
import { answered, earlierIntent, early, rememberedOf } from './request.ts';
import { openMethodIntent } from './save-method.ts';

/** A customer's payment methods, newest first. */
export function listPaymentMethods(
  app: App,
  caller: Caller,
  customerId: string,
): Promise<PaymentMethod[]> {
  const { name } = app.payments.serving;
  return app.work(caller, (w) =>
    w
      .defer<PaymentMethod>(listMethods(caller.workspaceId, customerId, name))
      .map(({ rows }) => rows),
  );
}

/** Notes what is to be done with one of a customer's methods, and does it. */
async function changeMethod(
  app: App,
  caller: Caller,
  customerId: string,
  change: { id: string; kind: 'default' | 'detach'; unknown: () => Error },
): Promise<string> {
  const id = await early(app, caller, async (w) => {
    const earlier = await earlierIntent(w, app, caller, customerId);
    if (earlier !== undefined) return earlier;
    const { name } = app.payments.serving;
    const { rows } = await w.run<PaymentMethod>(
      liveMethod(caller.workspaceId, customerId, name, change.id),
    );
    if (rows[0] === undefined) throw change.unknown();
    return openMethodIntent(w, rows[0], change.kind, rememberedOf(app, caller));
  });
  const { intent } = await carryOut(app, recorder(caller), id);
  if (intent.status === 'failed') throw failureOf(intent);
  return change.id;
}

/**
 * Removes one of a customer's methods, at the processor too (§8.8); no other becomes the default.
 * Errors: 403 for one that is not the customer's; 502, and then it is removed later.
 */
export function removePaymentMethod(
  app: App,
  caller: Caller,
  customerId: string,
  id: string,
): Promise<void> {
  const change = { id, kind: 'detach', unknown: notYourMethod } as const;
  return answered(
    app,
    caller,
    () => changeMethod(app, caller, customerId, change),
    async (w) => w.concerns(customerId),
  );
}

/**
 * Makes one of a customer's methods the default, at the processor too (§8.8). Errors: 404 for one
 * that is not the customer's; 502, and then it becomes the default later.
 */
export function setDefaultMethod(
  app: App,
  caller: Caller,
  customerId: string,
  id: string,
): Promise<PaymentMethod> {
  const change = { id, kind: 'default', unknown: unknownMethod } as const;
  return answered(
    app,
    caller,
    () => changeMethod(app, caller, customerId, change),
    async (w, known) => {
      w.concerns(customerId);
      const { rows } = await w.run<PaymentMethod>(
        methodById(caller.workspaceId, customerId, known),
      );
      return rows[0] as PaymentMethod;
    },
  );
}
