import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { NOBODY } from './describe-payer.ts';
import type { Intent } from './intent.ts';
import { laterDefault } from './intents.store.ts';
import type { PaymentMethod } from './payment-method.ts';
import { defaultMethod, methodById, payerRef } from './payment-methods.store.ts';
import { type PaymentProvider, PaymentRefused } from './port.ts';
import { removeMethod, writeMethod } from './save-method.ts';
import { lockBoth, move } from './settle.ts';

/** What may be done twice is asked for anew each time: an old answer would say nothing of now. */
const keyOf = (intent: Intent) =>
  intent.attempts === 1 ? intent.id : `${intent.id}:${intent.attempts}`;

interface Choice {
  /** The default as it stands. */
  current: PaymentMethod | undefined;
  /** What this intent makes the default; undefined where it is not for it to say any more. */
  target: PaymentMethod | undefined;
  /** A later choice is not through yet, so it is not known what stands. */
  waits: boolean;
  ref: string | undefined;
}

async function choiceOf(w: Work, intent: Intent): Promise<Choice> {
  const { workspace_id: ws, customer_id: customer, processor } = intent;
  const later = w.defer<{ status: Intent['status'] }>(laterDefault(ws, intent.id));
  const target = w.defer<PaymentMethod>(methodById(ws, customer, intent.method_id));
  const ref = w.defer<{ processor_id: string }>(payerRef(ws, customer, processor));
  const { rows } = await w.run<PaymentMethod>(defaultMethod(ws, customer, processor));
  const after = (await w.now(later)).rows[0];
  const wanted = (await w.now(target)).rows[0];
  const counts = after === undefined && wanted?.deleted_at === null;
  return {
    current: rows[0],
    target: counts ? wanted : undefined,
    waits: after?.status === 'pending',
    ref: (await w.now(ref)).rows[0]?.processor_id,
  };
}

/**
 * Makes a method the default: first at the processor, then here. An intent that a later one has
 * overtaken tells the processor the default as it stands, in case its own call came in last.
 */
export async function pushDefault(
  app: App,
  caller: Caller,
  intent: Intent,
  provider: PaymentProvider,
): Promise<Intent> {
  const plan = await app.work({ ...caller }, (w) => choiceOf(w, intent));
  if (plan.waits) return intent;
  const pushed = plan.target ?? plan.current;
  if (pushed !== undefined && plan.ref !== undefined) {
    await provider.setDefault(keyOf(intent), plan.ref, pushed.processor_id);
  }
  return app.work({ ...caller }, async (w) => {
    const locked = await lockBoth(w, intent);
    if (!locked.open) return locked.intent;
    const now = await choiceOf(w, intent);
    if (now.target !== undefined && now.target.id === pushed?.id) {
      const { current, target } = now;
      if (current?.id !== target.id) {
        // The one before comes first: there is never a moment with two.
        if (current !== undefined) {
          writeMethod(w, current, { ...current, is_default: false });
        }
        writeMethod(w, target, { ...target, is_default: true });
      }
      return move(w, locked.intent, 'succeeded');
    }
    const stands = !now.waits && now.target === undefined && now.current?.id === pushed?.id;
    return stands ? move(w, locked.intent, 'superseded') : locked.intent;
  });
}

/** Takes a method, or all that is personal of a customer, off the processor, then off here. */
export async function takeOff(
  app: App,
  caller: Caller,
  intent: Intent,
  provider: PaymentProvider,
): Promise<Intent> {
  const { workspace_id: workspaceId, customer_id: customerId } = intent;
  const { rows } = await app.work({ ...caller }, (w) =>
    w.defer<PaymentMethod>(methodById(workspaceId, customerId, intent.method_id)),
  );
  const whose = { workspaceId, customerId };
  const method = rows[0];
  if (intent.kind === 'detach' && method !== undefined) {
    await provider.detach(keyOf(intent), whose, method.processor_id);
  }
  if (intent.kind === 'forget') {
    await provider.describeCustomer(keyOf(intent), intent.subject, NOBODY).catch((error) => {
      if (!(error instanceof PaymentRefused && error.customerGone)) throw error;
    });
  }
  return app.work({ ...caller }, async (w) => {
    const locked = await lockBoth(w, intent);
    if (!locked.open) return locked.intent;
    const found = await w.run<PaymentMethod>(methodById(workspaceId, customerId, intent.method_id));
    for (const before of found.rows) removeMethod(w, before, new Date().toISOString());
    return move(w, locked.intent, 'succeeded');
  });
}
