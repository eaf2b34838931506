import { createHash } from 'node:crypto';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { returnUrl } from '../portal-sessions/index.ts';
import { carryOut, failureOf, type Outcome, providerOf, recorder } from './carry-out.ts';
import { type CustomerDetails, QUIET_SECONDS, type SetupDetails } from './intent.ts';
import { openIntent } from './intents.store.ts';
import { methodRefused, providerUnavailable } from './payment-method.errors.ts';
import type { PaymentMethod } from './payment-method.ts';
import { methodById, payer } from './payment-methods.store.ts';
import type { ProcessorName } from './port.ts';
import { answered, earlierIntent, early, rememberedOf } from './request.ts';

/** What a customer gives to add a method. */
export interface NewMethod {
  confirmation_token_id: string;
  set_default: boolean;
  return_url: string;
}

/** A saved method, or what the customer's browser needs to go on with its bank. */
export type Added =
  | { status: 'succeeded'; method: PaymentMethod }
  | { status: 'requires_action'; clientSecret: string };

interface Payer {
  email: string | null;
  name: string | null;
  processor: ProcessorName;
  processor_id: string | null;
}

interface Opened {
  /** The intent to make the customer at its processor, where it is not there yet. */
  customer: string | undefined;
  setup: string;
}

/** Writes down what will be asked of the processor. */
async function open(
  w: Work,
  app: App,
  caller: Caller,
  customerId: string,
  input: NewMethod,
): Promise<Opened> {
  const earlier = await earlierIntent(w, app, caller, customerId);
  const { rows } = await w.run<Payer>(
    payer(caller.workspaceId, customerId, app.payments.serving.name),
  );
  const found = rows[0];
  if (found === undefined) throw notFound();
  const insert = async (
    kind: 'customer' | 'setup',
    subject: string,
    details: CustomerDetails | SetupDetails,
  ): Promise<string> => {
    const id = newId();
    const remembered = kind === 'setup' ? rememberedOf(app, caller) : undefined;
    const opened = await w.run<{ id: string }>(
      openIntent(
        caller.workspaceId,
        id,
        customerId,
        found.processor,
        kind,
        subject,
        null,
        kind === 'setup' && input.set_default,
        app.keys.seal(JSON.stringify(details)),
        remembered?.key ?? null,
        remembered?.print ?? null,
        QUIET_SECONDS,
      ),
    );
    return opened.rows[0]?.id ?? id;
  };
  const { email, name } = found;
  const customer =
    found.processor_id === null ? await insert('customer', 'customer', { email, name }) : undefined;
  if (earlier !== undefined) return { customer, setup: earlier };
  const confirmationToken = input.confirmation_token_id;
  // A token is good once, so two open intents with one token are a request that came twice.
  const subject = createHash('sha256').update(confirmationToken).digest('hex');
  const url = await w.now(returnUrl(app, w, caller, input.return_url.trim()));
  const setup = await insert('setup', subject, { confirmationToken, returnUrl: url });
  return { customer, setup };
}

/** What a browser goes on with, where a set-up waits for its customer. */
export function nextAction(state: Outcome['state']): Added {
  if (state?.status === 'processing') {
    throw methodRefused('The payment method is still being checked; look again later');
  }
  if (state === undefined || state.clientSecret === null) throw methodRefused(null);
  return { status: 'requires_action', clientSecret: state.clientSecret };
}

type Result = { methodId: string } | { added: Added };

/**
 * Adds a payment method to a customer (§8.8). In: for a customer of the caller's workspace, which
 * may be a portal session's own or any of a backend's. Errors: 400 where the processor refuses
 * it; 502 while it gives no answer, and then it is saved later if it was made.
 */
export function addPaymentMethod(
  app: App,
  caller: Caller,
  customerId: string,
  input: NewMethod,
): Promise<Added> {
  const steps = async (): Promise<Result> => {
    const opened = await early(app, caller, (w) => open(w, app, caller, customerId, input));
    const inside = recorder(caller);
    if (opened.customer !== undefined) {
      const { intent } = await carryOut(app, inside, opened.customer);
      if (intent.status !== 'succeeded') throw failureOf(intent);
    }
    const { intent, state } = await carryOut(app, inside, opened.setup);
    if (intent.status === 'failed') throw failureOf(intent);
    if (intent.status === 'requires_action') {
      const whose = { workspaceId: caller.workspaceId, customerId };
      const provider = providerOf(app, intent.processor);
      const ref = intent.processor_ref ?? '';
      return { added: nextAction(state ?? (await provider?.readSetup(whose, ref))) };
    }
    if (intent.method_id === null) throw providerUnavailable();
    return { methodId: intent.method_id };
  };
  return answered(app, caller, steps, async (w, result) => {
    w.concerns(customerId);
    if ('added' in result) return result.added;
    return savedMethod(w, caller, customerId, result.methodId);
  });
}

/** A method that was just saved, as it stands. */
export async function savedMethod(
  w: Work,
  caller: Caller,
  customerId: string,
  id: string,
): Promise<Added> {
  const { rows } = await w.run<PaymentMethod>(methodById(caller.workspaceId, customerId, id));
  return { status: 'succeeded', method: rows[0] as PaymentMethod };
}
