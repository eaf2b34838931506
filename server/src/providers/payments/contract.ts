import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type PaymentProvider,
  PaymentRefused,
  type Whose,
} from '../../modules/payment-methods/index.ts';

/** A provider under test, and what its tests do in the world around it. */
export interface ProviderUnderTest {
  provider: PaymentProvider;
  /** A customer of ours that is in the database. */
  whose(): Promise<Whose>;
  /** A confirmation token that leads to this. */
  token(kind: 'visa' | '3ds' | 'declined' | 'unpayable' | 'unknown'): string;
  /** The customer goes through what its bank asks, or fails it. */
  authenticate(clientSecret: string, decision: 'approve' | 'refuse'): Promise<void>;
}

const returnUrl = 'http://localhost:3000/portal';

/** The tests that every implementation of the port passes. */
export function paymentProviderContract(get: () => ProviderUnderTest): void {
  async function payer() {
    const { provider, whose: newWhose, token } = get();
    const whose = await newWhose();
    const key = randomUUID();
    const since = new Date().toISOString();
    const named = { ...whose, email: 'payer@example.com', name: 'Payer' };
    const customer = await provider.createCustomer(key, named);
    const setUp = (kind: Parameters<typeof token>[0], setupKey: string = randomUUID()) =>
      provider.setUp(setupKey, { ...whose, customer, confirmationToken: token(kind), returnUrl });
    return { provider, whose, key, since, named, customer, setUp };
  }

  describe('customers', () => {
    it('are made once for one key', async () => {
      const { provider, key, since, named, customer } = await payer();
      expect(await provider.createCustomer(key, named)).toBe(customer);
      expect([undefined, customer]).toContain(await provider.findCustomer(key, since));
      expect(await provider.findCustomer(randomUUID(), since)).toBeUndefined();
      expect(await provider.hasCustomer(customer)).toBe(true);
      const address = { line1: '1 Main St', city: null, country: 'DE' };
      const described = { email: 'new@example.com', name: 'New', address };
      await provider.describeCustomer(randomUUID(), customer, described);
      const nobody = { email: null, name: null, address: null };
      await provider.describeCustomer(randomUUID(), customer, nobody);
      expect(await provider.hasCustomer(customer)).toBe(true);
    });
  });

  describe('set-ups', () => {
    it('lead to an attached method, once for one key', async () => {
      const { provider, whose, customer, since } = await payer();
      const key = randomUUID();
      const asked = { ...whose, customer, confirmationToken: get().token('visa'), returnUrl };
      const state = await provider.setUp(key, asked);
      expect(state).toMatchObject({ status: 'succeeded', customer });
      expect(state.method).toMatchObject({ customer, type: 'card', brand: 'visa', last4: '4242' });
      expect(await provider.setUp(key, asked)).toEqual(state);
      expect(await provider.readSetup(whose, state.id)).toEqual(state);
      expect(await provider.readMethod(whose, state.method?.id ?? '')).toEqual(state.method);
      expect([undefined, state.id]).toContain((await provider.findSetup(key, customer, since))?.id);
      expect(await provider.findSetup(randomUUID(), customer, since)).toBeUndefined();
    });

    it('wait for the bank, and then stand as it decided', async () => {
      const { provider, whose, setUp } = await payer();
      const [first, second] = [await setUp('3ds'), await setUp('3ds')];
      for (const state of [first, second]) {
        expect([state.status, state.clientSecret?.startsWith(state.id)]).toEqual([
          'requires_action',
          true,
        ]);
      }
      await get().authenticate(first.clientSecret ?? '', 'approve');
      await get().authenticate(second.clientSecret ?? '', 'refuse');
      const approved = await provider.readSetup(whose, first.id);
      expect(approved?.status).toBe('succeeded');
      expect(approved?.method?.customer).toBe(first.customer);
      const refused = await provider.readSetup(whose, second.id);
      expect([refused?.status, refused?.method?.customer ?? null]).toEqual(['refused', null]);
      await get().authenticate(first.clientSecret ?? '', 'refuse');
      expect(await provider.readSetup(whose, first.id)).toEqual(approved);
    });

    it.each(['declined', 'unknown'] as const)(
      'are refused for a token that is %s',
      async (kind) => {
        const { setUp } = await payer();
        await expect(setUp(kind)).rejects.toBeInstanceOf(PaymentRefused);
      },
    );

    it('that never were are not there', async () => {
      const { provider, whose } = await payer();
      expect(await provider.readSetup(whose, 'seti_never')).toBeUndefined();
      expect(await provider.readMethod(whose, 'pm_never')).toBeUndefined();
    });
  });

  describe('methods', () => {
    it('come off their customer, and stay off', async () => {
      const { provider, whose, setUp } = await payer();
      const state = await setUp('visa');
      const id = state.method?.id ?? '';
      await provider.detach(randomUUID(), whose, id);
      await provider.detach(randomUUID(), whose, id);
      expect((await provider.readMethod(whose, id))?.customer).toBeNull();
      expect((await provider.readSetup(whose, state.id))?.method?.customer ?? null).toBeNull();
    });

    it('become the default', async () => {
      const { provider, customer, setUp } = await payer();
      const [first, second] = [await setUp('visa'), await setUp('visa')];
      await provider.setDefault(randomUUID(), customer, first.method?.id ?? '');
      await provider.setDefault(randomUUID(), customer, second.method?.id ?? '');
    });
  });
  describe('charges', () => {
    async function saved(kind: 'visa' | 'unpayable') {
      const { provider, whose, customer, since, setUp } = await payer();
      const method = (await setUp(kind)).method?.id ?? '';
      const order = { ...whose, customer, method, amount: 1250n, currency: 'EUR', returnUrl };
      const charge = (key: string, round = 0) => provider.charge(key, { ...order, round });
      const find = (key: string) => provider.findCharge(key, { ...whose, customer }, since);
      return { provider, whose, method, charge, find };
    }

    it('are made once for one key, and found by it', async () => {
      const { charge, find } = await saved('visa');
      const key = randomUUID();
      expect(await find(key)).toBeUndefined();
      const made = await charge(key);
      expect(made).toEqual({ id: expect.any(String), status: 'succeeded', reason: null });
      expect(await charge(key)).toEqual(made);
      expect(await find(key)).toEqual(made);
      expect((await charge(randomUUID())).id).not.toBe(made.id);
    });

    it('are refused by a card that declines, in words for who pays', async () => {
      const { charge, find } = await saved('unpayable');
      const key = randomUUID();
      const refused = await charge(key);
      expect([refused.status, refused.reason]).toEqual(['refused', 'Your card was declined.']);
      expect(await charge(key)).toEqual(refused);
      expect(await find(key)).toEqual(refused);
    });

    it('are refused for a method that was taken off', async () => {
      const { provider, whose, method, charge } = await saved('visa');
      await provider.detach(randomUUID(), whose, method);
      await expect(charge(randomUUID())).rejects.toBeInstanceOf(PaymentRefused);
    });
  });
}
