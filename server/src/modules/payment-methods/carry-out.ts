import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { isOld, isUnsure, once } from './asking.ts';
import { pushDefault, takeOff } from './carry-out-method.ts';
import { type CustomerDetails, detailsOfIntent, type Intent, type SetupDetails } from './intent.ts';
import { intentById, openIntent } from './intents.store.ts';
import { methodRefused, providerUnavailable } from './payment-method.errors.ts';
import { reasonOf } from './payment-method.ts';
import { deletePayer, insertPayer, payerRef } from './payment-methods.store.ts';
import {
  type PaymentProvider,
  PaymentProviderDown,
  PaymentRefused,
  type ProcessorName,
  type SetupState,
} from './port.ts';
import { lockBoth, move, REFUSED, settleSetup } from './settle.ts';

/** The provider behind a processor's name; undefined where its key is not configured any more. */
export function providerOf(app: App, name: ProcessorName): PaymentProvider | undefined {
  const { serving, sandbox } = app.payments;
  return [serving, sandbox].find((p) => p.name === name);
}

/** Outcomes are recorded in the name of the workspace: the session that asked may have ended. */
export function recorder(caller: Caller): Caller {
  const { entry: _entry, portal: _portal, idempotency: _kept, ifMatch: _tags, ...rest } = caller;
  return { ...rest, entry: { as: 'workspace' } };
}

/** Records that an intent led to nothing. `reason`: the processor's, in public words. */
function fail(app: App, caller: Caller, intent: Intent, reason: string | null): Promise<Intent> {
  return app.work({ ...caller }, async (w) => {
    const locked = await lockBoth(w, intent);
    return locked.open ? move(w, locked.intent, 'failed', { reason }) : locked.intent;
  });
}

/** A customer that was erased while it was made is forgotten at the processor, too. */
const openForget = (w: Work, { workspace_id, customer_id, processor }: Intent, ref: string) => {
  const place = [workspace_id, newId(), customer_id, processor, 'forget', ref] as const;
  return w.run(openIntent(...place, null, false, null, null, null, 0));
};

async function makeCustomer(
  app: App,
  caller: Caller,
  intent: Intent,
  provider: PaymentProvider,
): Promise<Intent> {
  const { workspace_id: workspaceId, customer_id: customerId } = intent;
  const details = detailsOfIntent<CustomerDetails>(app.keys, intent);
  const ref = await once(
    intent,
    () => provider.findCustomer(intent.id, intent.created_at),
    details && (() => provider.createCustomer(intent.id, { workspaceId, customerId, ...details })),
  );
  if (ref === undefined) return fail(app, caller, intent, null);
  return app.work({ ...caller }, async (w) => {
    const locked = await lockBoth(w, intent);
    if (!locked.open) return locked.intent;
    w.defer(insertPayer(workspaceId, customerId, intent.processor, ref));
    if (locked.erased) await openForget(w, intent, ref);
    return move(w, locked.intent, 'succeeded', { ref });
  });
}

/** The processor's customer of an intent. */
async function refOf(app: App, caller: Caller, intent: Intent): Promise<string | undefined> {
  const { rows } = await app.work({ ...caller }, (w) =>
    w.defer<{ processor_id: string }>(
      payerRef(intent.workspace_id, intent.customer_id, intent.processor),
    ),
  );
  return rows[0]?.processor_id;
}

/** What came of an intent; `state`, where the processor showed a set-up on the way. */
export interface Outcome {
  intent: Intent;
  state?: SetupState;
}

async function setUp(
  app: App,
  caller: Caller,
  intent: Intent,
  provider: PaymentProvider,
): Promise<Outcome> {
  const { workspace_id: workspaceId, customer_id: customerId } = intent;
  const whose = { workspaceId, customerId };
  const customer = await refOf(app, caller, intent);
  if (customer === undefined) return { intent: await fail(app, caller, intent, null) };
  const seenAt = new Date().toISOString();
  const details = detailsOfIntent<SetupDetails>(app.keys, intent);
  const state =
    intent.status === 'requires_action' && intent.processor_ref !== null
      ? await provider.readSetup(whose, intent.processor_ref)
      : await once(
          intent,
          () => provider.findSetup(intent.id, customer, intent.created_at),
          details && (() => provider.setUp(intent.id, { ...whose, customer, ...details })),
        );
  if (state === undefined) return { intent: await fail(app, caller, intent, null) };
  const { id: intentId, processor } = intent;
  const seen = { customerId, processor, payerRef: customer, state, seenAt, intentId };
  const { defaultIntent } = await settleSetup(app, caller, seen);
  if (defaultIntent !== undefined) await carryOutLater(app, caller, defaultIntent);
  const after = await load(app, caller, intent.id);
  if (after.status === 'requires_action' && isOld(after)) {
    return { intent: await fail(app, caller, after, 'This was not completed in time') };
  }
  return { intent: after, state };
}

async function load(app: App, caller: Caller, id: string): Promise<Intent> {
  const { rows } = await app.work({ ...caller }, (w) =>
    w.defer<Intent>(intentById(caller.workspaceId, id)),
  );
  return rows[0] as Intent;
}

async function perform(
  app: App,
  caller: Caller,
  intent: Intent,
  provider: PaymentProvider,
): Promise<Outcome> {
  switch (intent.kind) {
    case 'customer':
      return { intent: await makeCustomer(app, caller, intent, provider) };
    case 'setup':
      return setUp(app, caller, intent, provider);
    case 'default':
      return { intent: await pushDefault(app, caller, intent, provider) };
    case 'detach':
    case 'forget':
      return { intent: await takeOff(app, caller, intent, provider) };
  }
}

/**
 * Carries an intent out and records what came of it; a settled one stays as it is. In: a caller
 * from `recorder`, or a job's. Errors: 502 while the processor gives no answer; the intent stays
 * open and is looked after.
 */
export async function carryOut(app: App, caller: Caller, id: string): Promise<Outcome> {
  const intent = await load(app, caller, id);
  if (intent.status !== 'pending' && intent.status !== 'requires_action') return { intent };
  const provider = providerOf(app, intent.processor);
  if (provider === undefined) throw providerUnavailable();
  try {
    return await perform(app, caller, intent, provider);
  } catch (error) {
    if (error instanceof PaymentProviderDown) throw providerUnavailable(error.cause ?? error);
    if (!(error instanceof PaymentRefused)) throw error;
    if (isUnsure(intent)) throw providerUnavailable(error.cause ?? error);
    if (error.customerGone) await dropPayer(app, caller, intent);
    return { intent: await fail(app, caller, intent, reasonOf(error.reason) ?? REFUSED) };
  }
}

/** A customer that the processor does not know any more is made anew by the next request. */
async function dropPayer(app: App, caller: Caller, intent: Intent): Promise<void> {
  const ref = await refOf(app, caller, intent);
  if (ref === undefined) return;
  const { workspace_id: workspaceId, customer_id: customerId, processor } = intent;
  await app.work({ ...caller }, (w) =>
    w.defer(deletePayer(workspaceId, customerId, processor, ref)),
  );
}

/** Carries out what the caller need not wait for: without an answer now, it is done later. */
export async function carryOutLater(app: App, caller: Caller, id: string): Promise<void> {
  try {
    await carryOut(app, caller, id);
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'bad_gateway') throw error;
  }
}

/** What a caller is told of an intent that failed. */
export function failureOf(intent: Intent): DomainError {
  return intent.reason === null ? providerUnavailable() : methodRefused(intent.reason);
}
