import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigProblems, readConfig } from '../../src/config/config.ts';
import {
  PaymentProviderDown,
  PaymentRefused,
  type Whose,
} from '../../src/modules/payment-methods/index.ts';
import { paymentProviderContract } from '../../src/providers/payments/contract.ts';
import { stripeAmount, stripePayments } from '../../src/providers/payments/stripe.ts';
import type { StripeStandIn } from '../../src/providers/payments/stripe-stand-in.ts';
import {
  accountAt,
  newStandIn,
  type PaymentsProgram,
  startPayments,
  stripeToken,
} from '../kit/payments.ts';
import { newEmail } from '../surfaces/portal/portal-kit.ts';

describe.each(['sandbox', 'stripe'] as const)('the %s provider', (name) => {
  let program: PaymentsProgram;
  let workspace: Awaited<ReturnType<PaymentsProgram['workspace']>>;
  beforeAll(async () => {
    program = await startPayments(name);
    workspace = await program.workspace();
  });
  afterAll(() => program.close());

  paymentProviderContract(() => ({
    provider: program.app.payments.serving,
    async whose(): Promise<Whose> {
      const { body } = await workspace.api('POST', '/api/customers/', { email: newEmail() });
      return { workspaceId: workspace.id, customerId: body.id };
    },
    token: program.token,
    authenticate: program.authenticate,
  }));
});

describe('Stripe', () => {
  let standIn: StripeStandIn;
  beforeAll(async () => {
    standIn = await newStandIn();
  });
  afterAll(() => standIn.close());

  const whose = { workspaceId: 'w', customerId: 'c' };
  const returnUrl = 'http://localhost:3000/portal';
  const named = { ...whose, email: null, name: null };

  async function setUp(key: string, timeoutMs?: number) {
    const stripe = stripePayments(accountAt(standIn, timeoutMs));
    const customer = await stripe.createCustomer(`customer of ${key}`, named);
    const since = new Date().toISOString();
    const confirmationToken = stripeToken('visa');
    const ask = () => stripe.setUp(key, { ...whose, customer, confirmationToken, returnUrl });
    return { ask, find: () => stripe.findSetup(key, customer, since), customer, stripe };
  }

  it.each([
    [1250n, 'EUR', 1250],
    [1250n, 'JPY', 1250],
    [1250n, 'ISK', 125_000],
    [1250n, 'UGX', 125_000],
    [1250n, 'KWD', 1250],
    [1200n, 'MGA', 12],
  ])('takes %s of %s as %s', (amount, currency, units) => {
    expect(stripeAmount(amount, currency)).toBe(units);
  });

  it.each([
    [1255n, 'KWD'],
    [1250n, 'MGA'],
    [2n ** 63n - 1n, 'EUR'],
  ])('refuses %s of %s', (amount, currency) => {
    expect(() => stripeAmount(amount, currency)).toThrow(PaymentRefused);
  });

  it('tries once more after a lost answer, under the same key', async () => {
    const { ask, customer } = await setUp('reset');
    standIn.fail('POST /v1/setup_intents', 'reset_after');
    expect((await ask()).status).toBe('succeeded');
    expect(standIn.store.attached(customer)).toHaveLength(1);
  });

  it('gives no answer while Stripe is slow, and finds afterwards what was made', async () => {
    const { ask, find } = await setUp('slow', 100);
    standIn.fail('POST /v1/setup_intents', 'stall_after', 'stall_after');
    await expect(ask()).rejects.toMatchObject({ name: 'PaymentProviderDown', final: false });
    expect(await find()).toEqual(await ask());
  });

  it('knows a failure that is final from one that may pass', async () => {
    const { ask, find } = await setUp('broken');
    standIn.fail('POST /v1/setup_intents', 'error_before');
    // Stripe keeps the failure and gives it again to the second try.
    await expect(ask()).rejects.toMatchObject({ name: 'PaymentProviderDown', final: true });
    expect(await find()).toBeUndefined();

    const limited = await setUp('limited');
    standIn.fail('POST /v1/setup_intents', 'limited');
    await expect(limited.ask()).rejects.toMatchObject({ final: false });
    expect((await limited.ask()).status).toBe('succeeded');
  });

  it('finds a customer and a set-up on any page of a list', async () => {
    const stripe = stripePayments(accountAt(standIn));
    const since = new Date().toISOString();
    const first = await stripe.createCustomer('first of many', named);
    for (let i = 0; i < 120; i += 1) await stripe.createCustomer(`one of many ${i}`, named);
    expect(await stripe.findCustomer('first of many', since)).toBe(first);
  });

  it('makes a customer without its address where Stripe knows no such address', async () => {
    const stripe = stripePayments(accountAt(standIn));
    const foreign = { ...named, email: 'zoë@example.com' };
    const made = await stripe.createCustomer('foreign', foreign);
    expect(await stripe.createCustomer('foreign', foreign)).toBe(made);
    expect(standIn.store.customers.get(made)?.email).toBeNull();
  });

  it('says that a customer is gone where it was removed at Stripe', async () => {
    const { ask, customer, stripe } = await setUp('gone');
    standIn.store.deleteCustomer(customer);
    expect(await stripe.hasCustomer(customer)).toBe(false);
    await expect(ask()).rejects.toMatchObject({ customerGone: true });
  });

  it('shows nobody Stripe’s words about us, such as those on a wrong key', async () => {
    const wrong = stripePayments({ ...accountAt(standIn), secretKey: 'sk_test_wrong' });
    const failure = await wrong.createCustomer('wrong', named).catch((error) => error);
    expect(failure).toBeInstanceOf(PaymentProviderDown);
    expect(failure.message).not.toContain('API Key');
    const { stripe } = await setUp('refused');
    const refused = await stripe
      .setDefault('refused', 'cus_unknown', 'pm_unknown')
      .catch((error) => error);
    expect(refused).toBeInstanceOf(PaymentRefused);
    expect(refused.reason).not.toContain('cus_unknown');
  });
});

describe('the configuration', () => {
  const read = (env: Record<string, string>) => {
    try {
      return readConfig(env).stripe;
    } catch (error) {
      return (error as ConfigProblems).problems;
    }
  };

  it('needs the secret of the webhook with the key', () => {
    expect(read({})).toBeUndefined();
    expect(read({ STRIPE_SECRET_KEY: 'sk_test_x' })).toEqual([
      'STRIPE_WEBHOOK_SECRET is required with STRIPE_SECRET_KEY',
    ]);
    const both = { STRIPE_SECRET_KEY: 'sk_test_x', STRIPE_WEBHOOK_SECRET: 'whsec_x' };
    expect(read(both)).toEqual({
      secretKey: 'sk_test_x',
      webhookSecret: 'whsec_x',
      apiBase: undefined,
    });
    expect(read({ ...both, STRIPE_API_BASE: 'ftp://x' })).toEqual([
      'STRIPE_API_BASE must be a URL that starts with http:// or https://',
    ]);
  });
});
