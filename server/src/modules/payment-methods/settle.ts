import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import type { Intent } from './intent.ts';
import { lockIntent, lockIntentOfSetup, moveIntent } from './intents.store.ts';
import { type PaymentMethod, reasonOf } from './payment-method.ts';
import { lockPayer } from './payment-methods.store.ts';
import type { ProcessorName, SetupState } from './port.ts';
import { openMethodIntent, saveMethod } from './save-method.ts';

/** A set-up waits this long before anybody looks whether it went on without us, in seconds. */
const FIRST_LOOK_SECONDS = 600;
/** What a customer is told where the processor has no words for it. */
export const REFUSED = 'The payment method cannot be used; try another';

/** Writes how an intent stands, in this transaction. */
export function move(
  w: Work,
  intent: Intent,
  status: Intent['status'],
  more: { ref?: string; reason?: string | null; methodId?: string; dueInSeconds?: number } = {},
): Intent {
  const { ref = null, reason = null, methodId = null, dueInSeconds = 0 } = more;
  w.defer(moveIntent(intent.workspace_id, intent.id, status, ref, reason, methodId, dueInSeconds));
  return {
    ...intent,
    status,
    reason,
    processor_ref: ref ?? intent.processor_ref,
    method_id: methodId ?? intent.method_id,
  };
}

const isOpen = (intent: Intent) =>
  intent.status === 'pending' || intent.status === 'requires_action';

/** Locks the customer, then the intent. Out: the intent, and whether the customer was erased. */
export async function lockBoth(
  w: Work,
  intent: Intent,
): Promise<{ intent: Intent; open: boolean; erased: boolean }> {
  const payer = w.defer<{ anonymized_at: string | null }>(
    lockPayer(intent.workspace_id, intent.customer_id),
  );
  const { rows } = await w.run<Intent>(lockIntent(intent.workspace_id, intent.id));
  const { rows: payers } = await w.now(payer);
  const locked = rows[0] as Intent;
  return { intent: locked, open: isOpen(locked), erased: payers[0]?.anonymized_at !== null };
}

/** What is known of a set-up when it is recorded. */
export interface SeenSetup {
  customerId: string;
  processor: ProcessorName;
  /** The processor's customer that it must belong to. */
  payerRef: string;
  state: SetupState;
  /** When the processor was asked, RFC 3339. */
  seenAt: string;
  /** Our intent, where it is not known by the set-up's id yet. */
  intentId?: string;
  /** What the customer wants now; else what it wanted when it began counts, once. */
  setDefault?: boolean;
}

/** How a set-up stands after it was recorded. */
export interface SettledSetup {
  status: 'succeeded' | 'requires_action' | 'failed';
  reason: string | null;
  method: PaymentMethod | undefined;
  /** An intent to make it the default, still to be carried out. */
  defaultIntent: string | undefined;
}

/**
 * Records how a set-up stands, as the processor showed it (§8.8); doing so again changes nothing.
 * Requests, events of the processor and whoever looks after open intents all end here.
 */
export function settleSetup(app: App, caller: Caller, seen: SeenSetup): Promise<SettledSetup> {
  const { state, processor, customerId } = seen;
  const workspaceId = caller.workspaceId;
  return app.work({ ...caller }, async (w) => {
    w.concerns(customerId);
    const { rows: payers } = await w.run<{ anonymized_at: string | null }>(
      lockPayer(workspaceId, customerId),
    );
    const { rows } = await w.run<Intent>(
      seen.intentId === undefined
        ? lockIntentOfSetup(workspaceId, customerId, processor, state.id)
        : lockIntent(workspaceId, seen.intentId),
    );
    const intent = rows[0];
    const settled = (
      status: SettledSetup['status'],
      reason: string | null = null,
      method?: PaymentMethod,
      defaultIntent?: string,
    ): SettledSetup => ({ status, reason, method, defaultIntent });
    const fail = (reason: string) => {
      if (intent !== undefined && isOpen(intent)) {
        move(w, intent, 'failed', { ref: state.id, reason });
      }
      return settled('failed', reason);
    };

    if (state.status === 'requires_action' || state.status === 'processing') {
      if (intent?.status === 'pending') {
        const dueInSeconds = FIRST_LOOK_SECONDS;
        move(w, intent, 'requires_action', { ref: state.id, dueInSeconds });
      }
      return settled('requires_action');
    }
    const attached = state.method?.customer === seen.payerRef && state.customer === seen.payerRef;
    if (state.status === 'refused' || state.method === null || !attached) {
      return fail(reasonOf(state.reason) ?? REFUSED);
    }
    const erased = payers[0]?.anonymized_at !== null;
    const whose = { workspaceId, customerId };
    const method = await saveMethod(w, whose, processor, state.method, {
      seenAt: seen.seenAt,
      erased,
    });
    if (method === undefined) return fail('The payment method was removed meanwhile');
    const wanted =
      seen.setDefault ?? (intent !== undefined && isOpen(intent) && intent.set_default);
    if (intent !== undefined && intent.status !== 'succeeded') {
      move(w, intent, 'succeeded', { ref: state.id, methodId: method.id });
    }
    const defaultIntent = wanted
      ? await openMethodIntent(w, method, 'default', undefined)
      : undefined;
    return settled('succeeded', null, method, defaultIntent);
  });
}
