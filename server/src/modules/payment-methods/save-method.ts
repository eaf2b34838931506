import type { Work } from '../../db/work.ts';
import { newId } from '../../kernel/ids.ts';
import { QUIET_SECONDS } from './intent.ts';
import { openIntent } from './intents.store.ts';
import { detailsOf, type PaymentMethod } from './payment-method.ts';
import { insertMethod, methodByProcessorId, updateMethod } from './payment-methods.store.ts';
import type { ProcessorName, ProviderMethod, Whose } from './port.ts';

const shown = (m: PaymentMethod) => ({
  type: m.type,
  is_default: m.is_default,
  deleted_at: m.deleted_at,
});

function note(w: Work, before: PaymentMethod | null, after: PaymentMethod): void {
  const removed = after.deleted_at !== null;
  const added = before === null || (before.deleted_at !== null && !removed);
  const type = `payment_method.${removed ? 'deleted' : added ? 'created' : 'updated'}`;
  w.record({
    entity: 'payment_method',
    entityId: after.id,
    customerId: after.customer_id,
    before: before === null ? null : shown(before),
    after: shown(after),
    personal: [],
    event: { type, data: { id: after.id, customer_id: after.customer_id, ...shown(after) } },
  });
}

/** Writes a method of a customer that is locked, with its audit row and event. */
export function writeMethod(
  w: Work,
  before: PaymentMethod | null,
  after: PaymentMethod,
): PaymentMethod {
  const write = before === null ? insertMethod : updateMethod;
  w.defer(write(after.workspace_id, after));
  note(w, before, after);
  return after;
}

/** Takes a method off the list. */
export function removeMethod(w: Work, before: PaymentMethod, at: string): void {
  if (before.deleted_at !== null) return;
  writeMethod(w, before, { ...before, is_default: false, deleted_at: at, modified_at: at });
}

/** Opens an intent about one method. Out: the intent's id. */
export async function openMethodIntent(
  w: Work,
  method: PaymentMethod,
  kind: 'default' | 'detach',
  request: { key: Buffer; print: Buffer } | undefined,
  dueInSeconds = QUIET_SECONDS,
): Promise<string> {
  const id = newId();
  const { rows } = await w.run<{ id: string }>(
    openIntent(
      method.workspace_id,
      id,
      method.customer_id,
      method.processor,
      kind,
      // Choices of a default count in their order, so each is one of its own.
      kind === 'default' ? id : method.id,
      method.id,
      false,
      null,
      request?.key ?? null,
      request?.print ?? null,
      dueInSeconds,
    ),
  );
  return rows[0]?.id ?? id;
}

const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Saves what the processor showed of a method at `seenAt`, for a customer that is locked; a method
 * that was removed before comes back. For a customer that was erased meanwhile it is taken off at
 * the processor instead. Out: the method, or undefined if it was removed after it was seen.
 */
export async function saveMethod(
  w: Work,
  whose: Whose,
  processor: ProcessorName,
  seen: ProviderMethod,
  about: { seenAt: string; erased: boolean },
): Promise<PaymentMethod | undefined> {
  const at = new Date().toISOString();
  const { workspaceId, customerId } = whose;
  const found = await w.run<PaymentMethod>(
    methodByProcessorId(workspaceId, customerId, processor, seen.id),
  );
  const before = found.rows[0] ?? null;
  const details = detailsOf(seen);
  const fresh: PaymentMethod = {
    workspace_id: workspaceId,
    id: before?.id ?? newId(),
    customer_id: customerId,
    created_at: before?.created_at ?? at,
    modified_at: before === null ? null : at,
    deleted_at: null,
    processor,
    processor_id: seen.id,
    ...details,
    is_default: before?.is_default ?? false,
  };
  if (about.erased) {
    const bare = { ...fresh, brand: null, last4: null, exp_month: null, exp_year: null };
    const after = { ...bare, funding: null, wallet: null, is_default: false, deleted_at: at };
    const method = writeMethod(w, before, after);
    await openMethodIntent(w, method, 'detach', undefined, 0);
    return undefined;
  }
  if (before === null) return writeMethod(w, null, fresh);
  if (before.deleted_at !== null && before.deleted_at >= about.seenAt) return undefined;
  const { type, brand, last4, exp_month, exp_year, funding, wallet } = before;
  const kept = { type, brand, last4, exp_month, exp_year, funding, wallet };
  if (before.deleted_at === null && same(kept, details)) return before;
  return writeMethod(w, before, fresh);
}
