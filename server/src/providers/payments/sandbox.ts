import { randomBytes, randomUUID } from 'node:crypto';
import { sameText } from '../../kernel/secrets.ts';
import {
  type Charge,
  type PaymentProvider,
  PaymentProviderDown,
  PaymentRefused,
  type ProviderMethod,
  type SandboxStore,
  type SetupState,
  type Whose,
} from '../../modules/payment-methods/index.ts';

interface KeptSetup extends SetupState {
  returnUrl: string;
  /** What it becomes once it is approved. */
  promised: ProviderMethod | null;
}

/** A set-up of the sandbox, as a person decides on it. */
export interface SandboxSetup {
  id: string;
  status: SetupState['status'];
  /** Where the person goes on, telling how it went. */
  continueUrl: string;
}

/** The sandbox, and the ways a person takes a bank's part in it. */
export interface Sandbox extends PaymentProvider {
  /** A set-up, to who knows its secret; undefined to anybody else. */
  show(id: string, secret: string): Promise<SandboxSetup | undefined>;
  /** Approves or refuses a set-up that waits; one that is decided stays as it is. */
  decide(
    id: string,
    secret: string,
    decision: 'approve' | 'refuse',
  ): Promise<SandboxSetup | undefined>;
}

const UNPAYABLE = '0341';
const CARDS: Record<string, { brand: string; last4: string }> = {
  ctoken_visa: { brand: 'visa', last4: '4242' },
  ctoken_mastercard: { brand: 'mastercard', last4: '4444' },
  ctoken_3ds: { brand: 'visa', last4: '3220' },
  // Can be saved, and declines every charge.
  ctoken_unpayable: { brand: 'visa', last4: UNPAYABLE },
};
const DECLINES: Record<string, string> = {
  ctoken_declined: 'Your card was declined.',
  ctoken_insufficient_funds: 'Your card has insufficient funds.',
};
const NOT_AUTHENTICATED =
  'We are unable to authenticate your payment method. Please choose a different one.';

const random = () => randomBytes(16).toString('hex');
const methodKey = (setupKey: string) => `${setupKey}/method`;

function shownSetup(kept: KeptSetup): SandboxSetup {
  const url = new URL(kept.returnUrl);
  url.searchParams.set('setup_intent', kept.id);
  url.searchParams.set('setup_intent_client_secret', kept.clientSecret ?? '');
  const outcome = kept.status === 'succeeded' ? 'succeeded' : 'failed';
  url.searchParams.set('redirect_status', outcome);
  return { id: kept.id, status: kept.status, continueUrl: url.href };
}

function state(kept: KeptSetup, method: ProviderMethod | undefined): SetupState {
  const { returnUrl: _url, promised: _promised, ...rest } = kept;
  return { ...rest, method: method ?? rest.method };
}

/** A payment processor without an account anywhere: tokens decide what happens (README decision 24). */
export function sandboxPayments(store: SandboxStore): Sandbox {
  /** The method as it stands now: it may have been detached since. */
  async function current(whose: Whose, kept: KeptSetup): Promise<SetupState> {
    if (kept.method === null) return state(kept, undefined);
    return state(kept, await store.read<ProviderMethod>(whose, kept.method.id));
  }

  async function opened(id: string, secret: string) {
    if (!/^seti_sandbox_[0-9a-f-]{36}$/.test(id)) return undefined;
    const whose = await store.locate(id);
    if (whose === undefined) return undefined;
    const kept = await store.read<KeptSetup>(whose, id);
    const known = kept?.clientSecret ?? null;
    if (kept === undefined || known === null || !sameText(known, secret)) return undefined;
    return { whose, kept };
  }

  return {
    name: 'sandbox',
    createCustomer: async (key) => `cus_sandbox_${key}`,
    // Its id follows from the key, so making it again finds it.
    findCustomer: async () => undefined,
    hasCustomer: async () => true,
    describeCustomer: async () => {},
    async setUp(key, { customer, confirmationToken: token, returnUrl, ...whose }) {
      const before = await store.find<KeptSetup>(whose, key);
      if (before !== undefined) return current(whose, before);
      if (token === 'ctoken_processing_error') throw new PaymentProviderDown({ final: true });
      const decline = DECLINES[token];
      if (decline !== undefined) throw new PaymentRefused(decline);
      const card = CARDS[token];
      if (card === undefined) throw new PaymentRefused('No such confirmation token');
      const id = `seti_sandbox_${randomUUID()}`;
      const method: ProviderMethod = {
        id: `pm_sandbox_${randomUUID()}`,
        customer,
        type: 'card',
        ...card,
        exp_month: 12,
        exp_year: new Date().getUTCFullYear() + 3,
        funding: 'credit',
        wallet: null,
      };
      const asks = token === 'ctoken_3ds';
      const kept: KeptSetup = {
        id,
        customer,
        status: asks ? 'requires_action' : 'succeeded',
        clientSecret: `${id}_secret_${random()}`,
        method: asks ? null : method,
        reason: null,
        returnUrl,
        promised: asks ? method : null,
      };
      const first = { ...whose, id, requestKey: key, data: kept };
      const second = { ...whose, id: method.id, requestKey: methodKey(key), data: method };
      const stands = await store.keep<KeptSetup | ProviderMethod>([
        first,
        ...(asks ? [] : [second]),
      ]);
      return current(whose, stands as KeptSetup);
    },
    async findSetup() {
      // Made again under its key it is the same, so there is nothing to look for.
      return undefined;
    },
    async readSetup(whose, id) {
      const kept = await store.read<KeptSetup>(whose, id);
      return kept === undefined || !('returnUrl' in kept) ? undefined : current(whose, kept);
    },
    readMethod: (whose, id) => store.read<ProviderMethod>(whose, id),
    async detach(_key, whose, id) {
      await store.change<ProviderMethod>(whose, id, (m) => ({ ...m, customer: null }));
    },
    setDefault: async () => {},
    async charge(key, { customer, method, workspaceId, customerId }) {
      const whose = { workspaceId, customerId };
      const before = await store.find<Charge>(whose, key);
      if (before !== undefined) return before;
      const card = await store.read<ProviderMethod>(whose, method);
      if (card?.customer !== customer) throw new PaymentRefused('No such payment method');
      const declines = card.last4 === UNPAYABLE;
      const id = `pi_sandbox_${randomUUID()}`;
      const data: Charge = {
        id,
        status: declines ? 'refused' : 'succeeded',
        reason: declines ? (DECLINES.ctoken_declined as string) : null,
      };
      return store.keep([{ ...whose, id, requestKey: key, data }]);
    },
    findCharge: (key, whose) => store.find<Charge>(whose, key),

    async show(id, secret) {
      const found = await opened(id, secret);
      return found && shownSetup(found.kept);
    },
    async decide(id, secret, decision) {
      const found = await opened(id, secret);
      if (found === undefined) return undefined;
      const { whose, kept } = found;
      const method = kept.promised;
      if (decision === 'approve' && method !== null) {
        const requestKey = methodKey(id);
        await store.keep([{ ...whose, id: method.id, requestKey, data: method }]);
      }
      let changed = false;
      const after = await store.change<KeptSetup>(whose, id, (before) => {
        changed = before.status === 'requires_action';
        if (!changed) return before;
        return decision === 'approve'
          ? { ...before, status: 'succeeded', method: before.promised, promised: null }
          : { ...before, status: 'refused', promised: null, reason: NOT_AUTHENTICATED };
      });
      if (changed) await store.announce(whose, id);
      return after && shownSetup(after);
    },
  };
}
