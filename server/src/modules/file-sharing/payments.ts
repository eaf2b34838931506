import type { Change } from '../../db/journal.ts';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import {
  type FileSharePayment,
  type FileSharePaymentStatus,
  type FileShareSession,
  PAYMENT_STEPS,
} from './file-share.ts';
import {
  insertPayment,
  lockBuyer,
  lockPayment,
  paymentFromStripe,
  updatePayment,
} from './file-sharing.store.ts';
import { lockOne } from './write-session.ts';

/** What a caller says of a payment; amounts are in minor units. */
export interface PaymentDraft {
  status: FileSharePaymentStatus;
  amount_cents: number;
  currency?: string | null;
  platform_fee_cents: number;
  stripe_checkout_session_id?: string | null;
  stripe_payment_intent_id?: string | null;
  buyer_email?: string | null;
  buyer_name?: string | null;
  customer_id?: string | null;
}

/** Who paid stays in the payment alone: neither the audit trail nor the change log repeats it. */
function withoutBuyer(
  payment: FileSharePayment,
): Omit<FileSharePayment, 'buyer_email' | 'buyer_name'> {
  const { buyer_email: _email, buyer_name: _name, ...rest } = payment;
  return rest;
}

function paymentChange(
  session: FileShareSession,
  before: FileSharePayment | null,
  after: FileSharePayment,
  customerId: string | null,
): Change {
  const { id, created_at: _c, modified_at: _m, ...shown } = withoutBuyer(after);
  const received = after.status === 'completed' && before?.status !== 'completed';
  return {
    entity: 'file_share_payment',
    entityId: id,
    customerId,
    before: before === null ? null : { status: before.status },
    after: before === null ? shown : { status: after.status },
    personal: [],
    ...(received
      ? {
          event: {
            type: 'file_sharing_session.payment_received',
            data: { ...session, payment: withoutBuyer(after) },
          },
        }
      : {}),
  };
}

/**
 * Notes a payment for a shared file, whatever its status. One of an id of Stripe's that the session
 * has already gives what is there, unchanged, so that a report may come twice. Errors: 404; 422 for
 * a fee above the amount, an unknown customer, or an id that a payment of another session has.
 */
export function addPayment(
  app: App,
  caller: Caller,
  id: string,
  draft: PaymentDraft,
): Promise<FileSharePayment> {
  if (draft.platform_fee_cents > draft.amount_cents) {
    const message = 'The fee is part of the amount, so it cannot be more';
    throw invalid([bodyIssue(['platform_fee_cents'], message, draft.platform_fee_cents)]);
  }
  const customerId = draft.customer_id ?? null;
  return app.work(
    caller,
    async (w) => {
      const session = await lockOne(w, caller, id);
      if (customerId !== null) {
        const buyer = await w.run(lockBuyer(caller.workspaceId, customerId));
        if (buyer.rowCount === 0) {
          throw invalid([bodyIssue(['customer_id'], 'No such customer', customerId)]);
        }
      }
      const {
        stripe_checkout_session_id: checkout = null,
        stripe_payment_intent_id: intent = null,
      } = draft;
      if (checkout !== null || intent !== null) {
        const known = await w.run<FileSharePayment>(
          paymentFromStripe(caller.workspaceId, id, checkout, intent),
        );
        if (known.rows[0] !== undefined) return known.rows[0];
      }
      const payment: FileSharePayment = {
        id: newId(),
        created_at: new Date().toISOString(),
        modified_at: null,
        session_id: id,
        status: draft.status,
        amount_cents: draft.amount_cents,
        currency: draft.currency ?? session.currency,
        platform_fee_cents: draft.platform_fee_cents,
        stripe_checkout_session_id: checkout,
        stripe_payment_intent_id: intent,
        buyer_email: draft.buyer_email ?? null,
        buyer_name: draft.buyer_name ?? null,
      };
      w.record(paymentChange(session, null, payment, customerId));
      return w
        .defer(
          insertPayment(
            caller.workspaceId,
            payment.id,
            payment.created_at,
            id,
            customerId,
            payment.status,
            payment.amount_cents,
            payment.currency,
            payment.platform_fee_cents,
            payment.stripe_checkout_session_id,
            payment.stripe_payment_intent_id,
            payment.buyer_email,
            payment.buyer_name,
          ),
        )
        .map(() => payment);
    },
    { explain: explainClash(draft) },
  );
}

const CLASHES = [
  ['file_share_payments_checkout_key', 'stripe_checkout_session_id'],
  ['file_share_payments_intent_key', 'stripe_payment_intent_id'],
] as const;

function explainClash(draft: PaymentDraft) {
  return async (constraint: string) => {
    const field = CLASHES.find(([name]) => name === constraint)?.[1];
    return field === undefined
      ? undefined
      : invalid([bodyIssue([field], 'A payment of another session has this id', draft[field])]);
  };
}

/** Moves a payment to another status. Errors: 404; 422 where there is no way from where it is. */
export function changePayment(
  app: App,
  caller: Caller,
  key: { sessionId: string; paymentId: string },
  status: FileSharePaymentStatus | null | undefined,
): Promise<FileSharePayment> {
  const { sessionId, paymentId } = key;
  return app.work(caller, async (w) => {
    const session = await lockOne(w, caller, sessionId);
    const { rows } = await w.run<FileSharePayment & { customer_id: string | null }>(
      lockPayment(caller.workspaceId, sessionId, paymentId),
    );
    const found = rows[0];
    if (found === undefined) throw notFound();
    const { customer_id, ...before } = found;
    if (customer_id !== null) w.concerns(customer_id);
    if (status == null || status === before.status) return before;
    if (!PAYMENT_STEPS[before.status].includes(status)) {
      const message = `A payment that is ${before.status} cannot become ${status}`;
      throw invalid([bodyIssue(['status'], message, status)]);
    }
    const after = { ...before, status, modified_at: new Date().toISOString() };
    w.record(paymentChange(session, before, after, customer_id));
    return w
      .defer(updatePayment(caller.workspaceId, paymentId, after.modified_at, status))
      .map(() => after);
  });
}
