import Stripe from 'stripe';
import { jobCaller } from '../../src/jobs/caller.ts';
import { reconcilePayments } from '../../src/modules/payment-methods/index.ts';
import {
  type StripeAccount,
  stripeEvents,
  stripePayments,
} from '../../src/providers/payments/stripe.ts';
import {
  type StripeStandIn,
  startStripeStandIn,
} from '../../src/providers/payments/stripe-stand-in.ts';
import { call, type Reply } from './call.ts';
import { startProgram, type TestProgram } from './program.ts';

const SECRET_KEY = 'sk_test_stand_in';
export const WEBHOOK_SECRET = 'whsec_stand_in';

/** What decides how a set-up goes. */
export type TokenKind =
  | 'visa'
  | 'mastercard'
  | '3ds'
  | 'declined'
  | 'insufficient_funds'
  | 'unpayable'
  | 'slow'
  | 'unknown';

/** A program whose payments are taken by one of the providers. */
export interface PaymentsProgram extends TestProgram {
  /** Absent with the sandbox. */
  standIn: StripeStandIn | undefined;
  /** A confirmation token; each is used once. */
  token(kind: TokenKind): string;
  /** The customer goes through what its bank asks, or fails it. */
  authenticate(clientSecret: string, decision: 'approve' | 'refuse'): Promise<void>;
  /** Looks after every intent that is due; all that are open, where `all`. */
  reconcile(all?: 'all'): Promise<void>;
  /** Sends an event as Stripe does. */
  deliver(event: object, more?: { secret?: string; ageSeconds?: number }): Promise<Reply>;
}

let tokens = 0;

/** A new single-use token of Stripe's, by the stand-in's rules. */
export function stripeToken(kind: TokenKind): string {
  tokens += 1;
  return `ctoken_${kind}_${tokens}`;
}

/** A Stripe account at a stand-in. */
export const accountAt = (standIn: StripeStandIn, timeoutMs = 5_000): StripeAccount => ({
  secretKey: SECRET_KEY,
  webhookSecret: WEBHOOK_SECRET,
  apiBase: standIn.url,
  timeoutMs,
});

/** A stand-in that knows the key of `accountAt`. */
export const newStandIn = (): Promise<StripeStandIn> => startStripeStandIn(SECRET_KEY);

/** The signature that Stripe would send with an event. */
export const signatureOf = (payload: string, secret: string, ageSeconds = 0): string =>
  Stripe.webhooks.generateTestHeaderString({
    payload,
    secret,
    timestamp: Math.floor(Date.now() / 1000) - ageSeconds,
  } as Parameters<typeof Stripe.webhooks.generateTestHeaderString>[0]);

/** Starts a program on a provider. In: how long a try may take, in milliseconds. */
export async function startPayments(
  provider: 'sandbox' | 'stripe',
  timeoutMs?: number,
): Promise<PaymentsProgram> {
  const standIn = provider === 'stripe' ? await newStandIn() : undefined;
  const account = standIn && accountAt(standIn, timeoutMs);
  const program = await startProgram(
    account === undefined
      ? {}
      : { payments: { provider: stripePayments(account), readEvent: stripeEvents(account) } },
  );
  return {
    ...program,
    standIn,
    token: standIn === undefined ? (kind) => `ctoken_${kind}` : stripeToken,
    async authenticate(clientSecret, decision) {
      const [id = ''] = clientSecret.split('_secret_');
      if (standIn !== undefined) return standIn.store.authenticate(id, decision);
      const body = { client_secret: clientSecret };
      await call(program.url, 'POST', `/sandbox/setup-intents/${id}/${decision}`, { body });
    },
    async reconcile(all) {
      if (all !== undefined) {
        await program.database.owner(
          `update payment_intents set due_at = now() where status in ('pending', 'requires_action')`,
        );
      }
      await reconcilePayments(program.app, jobCaller('reconcile_payments'));
    },
    deliver(event, { secret = WEBHOOK_SECRET, ageSeconds = 0 } = {}) {
      const body = JSON.stringify(event);
      return call(program.url, 'POST', '/inbound/payments/stripe', {
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureOf(body, secret, ageSeconds),
        },
      });
    },
    async close() {
      await program.close();
      await standIn?.close();
    },
  };
}
