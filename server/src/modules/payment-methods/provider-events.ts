import type { Work } from '../../db/work.ts';
import { type Caller, OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { carryOutLater, providerOf } from './carry-out.ts';
import type { PaymentMethod } from './payment-method.ts';
import {
  deletePayer,
  liveMethodsAt,
  lockPayer,
  methodByProcessorId,
  noteEvent,
  ownersOf,
  payerRef,
} from './payment-methods.store.ts';
import type { ProcessorName, ProviderEvent, Whose } from './port.ts';
import { removeMethod, saveMethod } from './save-method.ts';
import { settleSetup } from './settle.ts';

/** The kind of job that looks at an object of a processor again and records how it stands. */
export const LOOK_AGAIN = 'look_at_payment_object';

/** What is looked at again; it is the same job however often it is told. */
export interface LookAgain {
  processor: ProcessorName;
  about: NonNullable<ProviderEvent['about']>;
  customer_id: string;
}

/** Asks for a look, in this transaction. */
export function queueLookAgain(w: Work, payload: LookAgain): void {
  w.enqueue({ kind: LOOK_AGAIN, payload, customerId: payload.customer_id });
}

const visitor = (workspaceId: string): Caller => ({
  entry: { as: 'auth' },
  workspaceId,
  actor: { kind: 'job', id: 'payment_event', name: 'payment event' },
  surface: 'inbound',
  operation: 'payment_event',
  requestId: `event ${newId()}`,
});

/**
 * Takes an event of the processor in (threats.md T33): once per id, only about what is ours, and
 * only as a reason to look again. Out: whether it led to anything.
 */
export async function takeInEvent(app: App, event: ProviderEvent): Promise<boolean> {
  const { about } = event;
  if (!event.ours || about === null) return false;
  const processor = app.payments.serving.name;
  const method = about.kind === 'payment_method' ? about.id : null;
  const { rows: owners } = await app.work(visitor(OPERATOR_WORKSPACE), (w) =>
    w.defer<{ workspace_id: string; customer_id: string }>(
      ownersOf(processor, event.customer, method),
    ),
  );
  const owner = owners[0];
  if (owner === undefined) return false;
  return app.work(visitor(owner.workspace_id), async (w) => {
    const { rowCount } = await w.run(noteEvent(processor, event.id, event.type));
    if (rowCount === 0) return false;
    queueLookAgain(w, { processor, about, customer_id: owner.customer_id });
    return true;
  });
}

/** Looks at an object of the processor again and records how it stands. */
export async function lookAgain(app: App, job: Caller, input: LookAgain): Promise<void> {
  const whose: Whose = { workspaceId: job.workspaceId, customerId: input.customer_id };
  const { rows } = await app.work({ ...job }, (w) =>
    w.defer<{ processor_id: string }>(
      payerRef(whose.workspaceId, whose.customerId, input.processor),
    ),
  );
  const ref = rows[0]?.processor_id;
  const provider = providerOf(app, input.processor);
  if (ref === undefined || provider === undefined) return;
  const seenAt = new Date().toISOString();
  const { kind, id } = input.about;
  if (kind === 'setup_intent') {
    const state = await provider.readSetup(whose, id);
    if (state === undefined || state.customer !== ref) return;
    const { defaultIntent } = await settleSetup(app, job, {
      ...{ customerId: whose.customerId, processor: input.processor, payerRef: ref },
      ...{ state, seenAt },
    });
    if (defaultIntent !== undefined) await carryOutLater(app, job, defaultIntent);
    return;
  }
  if (kind === 'customer') {
    if (id === ref && !(await provider.hasCustomer(id))) await loseCustomer(app, job, input, ref);
    return;
  }
  const method = await provider.readMethod(whose, id);
  await app.work({ ...job }, async (w) => {
    const { rows: payers } = await w.run<{ anonymized_at: string | null }>(
      lockPayer(whose.workspaceId, whose.customerId),
    );
    if (method?.customer === ref) {
      const erased = payers[0]?.anonymized_at !== null;
      await saveMethod(w, whose, input.processor, method, { seenAt, erased });
      return;
    }
    const found = await w.run<PaymentMethod>(
      methodByProcessorId(whose.workspaceId, whose.customerId, input.processor, id),
    );
    for (const before of found.rows) removeMethod(w, before, new Date().toISOString());
  });
}

/** The processor's customer is gone, and with it its methods; the next request makes it anew. */
async function loseCustomer(
  app: App,
  job: Caller,
  { processor, customer_id }: LookAgain,
  ref: string,
): Promise<void> {
  await app.work({ ...job }, async (w) => {
    await w.run(lockPayer(job.workspaceId, customer_id));
    const { rows } = await w.run<PaymentMethod>(
      liveMethodsAt(job.workspaceId, customer_id, processor),
    );
    for (const method of rows) removeMethod(w, method, new Date().toISOString());
    w.defer(deletePayer(job.workspaceId, customer_id, processor, ref));
  });
}
