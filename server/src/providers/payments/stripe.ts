import Stripe from 'stripe';
import { currencyDigits } from '../../kernel/currencies.ts';
import {
  type Charge,
  EventNotGenuine,
  type PaymentProvider,
  PaymentProviderDown,
  PaymentRefused,
  type ProviderMethod,
  type ReadEvent,
  type SetupState,
  type Whose,
} from '../../modules/payment-methods/index.ts';

/** How this program reaches its Stripe account. */
export interface StripeAccount {
  secretKey: string;
  webhookSecret: string;
  /** Another address of the API; Stripe's own, unless given. */
  apiBase?: string | undefined;
  /** How long one try may take, in milliseconds. */
  timeoutMs?: number;
}

const PATIENCE_MS = 10_000;
const RETRIES = 1;
/** How old an event may be when it arrives, in seconds (threats.md T33). */
const TOLERANCE_SECONDS = 300;
const PAGE = 100;

/** What our objects at Stripe are found by. */
const INTENT = 'clientele_intent_id';
const marks = (key: string, { workspaceId, customerId }: Whose) => ({
  [INTENT]: key,
  clientele_customer_id: customerId,
  workspace_id: workspaceId,
});

const idOf = (value: string | { id: string } | null | undefined) =>
  typeof value === 'string' ? value : (value?.id ?? null);

function methodOf(m: Stripe.PaymentMethod): ProviderMethod {
  const details = (m[m.type as 'card'] ?? {}) as Partial<Stripe.PaymentMethod.Card>;
  return {
    id: m.id,
    customer: idOf(m.customer),
    type: m.type,
    brand: details.brand ?? null,
    last4: details.last4 ?? null,
    exp_month: details.exp_month ?? null,
    exp_year: details.exp_year ?? null,
    funding: details.funding ?? null,
    wallet: details.wallet?.type ?? null,
  };
}

const STATUS: Partial<Record<Stripe.SetupIntent.Status, SetupState['status']>> = {
  succeeded: 'succeeded',
  requires_action: 'requires_action',
  processing: 'processing',
};

function stateOf(s: Stripe.SetupIntent): SetupState {
  const method = s.payment_method;
  return {
    id: s.id,
    customer: idOf(s.customer),
    status: STATUS[s.status] ?? 'refused',
    clientSecret: s.client_secret,
    method: method !== null && typeof method === 'object' ? methodOf(method) : null,
    reason: s.last_setup_error?.message ?? null,
  };
}

/** Kept by Stripe with two digits, though neither has any. */
const PADDED = new Set(['ISK', 'UGX']);
/** Kept by Stripe without the two digits it has. */
const WHOLE = new Set(['MGA']);

/**
 * An amount in Stripe's units. In: minor units. Errors: `PaymentRefused` for one that Stripe cannot
 * take: of three digits, the last must be 0.
 */
export function stripeAmount(amount: bigint, currency: string): number {
  const step = WHOLE.has(currency) ? 100n : currencyDigits(currency) === 3 ? 10n : 1n;
  const units = PADDED.has(currency) ? amount * 100n : WHOLE.has(currency) ? amount / 100n : amount;
  if (amount % step !== 0n || units > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new PaymentRefused(`This amount cannot be charged in ${currency}`);
  }
  return Number(units);
}

const CHARGED: Partial<Record<Stripe.PaymentIntent.Status, Charge['status']>> = {
  succeeded: 'succeeded',
  processing: 'processing',
};

const chargeOf = (p: Stripe.PaymentIntent): Charge => ({
  id: p.id,
  status: CHARGED[p.status] ?? 'refused',
  reason: p.last_payment_error?.message ?? null,
});

const isMissing = (error: unknown) =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';

/** A failure for the log: Stripe's messages may quote what it was sent, such as an address. */
function plainly(error: InstanceType<typeof Stripe.errors.StripeError>): Error {
  const { type, code, statusCode, requestId } = error;
  return new Error(['Stripe', type, code, statusCode, requestId].filter(Boolean).join(' '));
}

const isAbout = (error: unknown, param: string) =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.param === param;

/** What a failure of Stripe's means: a refusal, or no answer. Its own words stay inside unless they
 * are meant for who pays. */
function meaningOf(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const cause = plainly(error);
  if (error instanceof Stripe.errors.StripeCardError) {
    return new PaymentRefused(error.message, { cause });
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    const customerGone = isMissing(error) && error.param === 'customer';
    const reason = 'The payment method cannot be used; try another';
    return new PaymentRefused(reason, { customerGone, cause });
  }
  const replayed = error.headers?.['idempotent-replayed'] === 'true';
  return new PaymentProviderDown({ final: replayed, cause });
}

async function asked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw meaningOf(error);
  }
}

/** A read cannot be refused: whatever else comes back says nothing of what is there. */
async function looked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const meaning = meaningOf(error);
    if (!(meaning instanceof PaymentRefused) || meaning.customerGone) throw meaning;
    throw new PaymentProviderDown({ cause: meaning.cause });
  }
}

function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  const absent = (error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  };
  return looked<T | undefined>(call.catch(absent));
}

/** Seconds of the moment, with room for clocks that differ. */
const sinceSeconds = (since: string) => Math.floor(Date.parse(since) / 1000) - 300;

function client({ secretKey, apiBase, timeoutMs }: StripeAccount): Stripe {
  const base = apiBase === undefined ? undefined : new URL(apiBase);
  return new Stripe(secretKey, {
    timeout: timeoutMs ?? PATIENCE_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    ...(base === undefined
      ? {}
      : {
          protocol: base.protocol === 'http:' ? 'http' : 'https',
          host: base.hostname,
          port: base.port || (base.protocol === 'http:' ? '80' : '443'),
        }),
  });
}

/** Payments through Stripe. Errors of its calls: as the port says. */
export function stripePayments(account: StripeAccount): PaymentProvider {
  const stripe = client(account);
  const expand = ['payment_method'];
  return {
    name: isLive(account) ? 'stripe' : 'stripe_test',
    async createCustomer(key, { email, name, ...whose }) {
      const metadata = marks(key, whose);
      const named = { ...(name === null ? {} : { name }), metadata };
      const create = (more: { email?: string }, idempotencyKey: string) =>
        stripe.customers.create({ ...named, ...more }, { idempotencyKey });
      if (email === null) return (await asked(create({}, key))).id;
      try {
        return (await create({ email }, key)).id;
      } catch (error) {
        // Not every address that is one is one to Stripe.
        if (!isAbout(error, 'email')) throw meaningOf(error);
        return (await asked(create({}, `${key}:no-address`))).id;
      }
    },
    async findCustomer(key, since) {
      const created = { gte: sinceSeconds(since) };
      return looked(
        (async () => {
          for await (const found of stripe.customers.list({ created, limit: PAGE })) {
            if (found.metadata[INTENT] === key) return found.id;
          }
          return undefined;
        })(),
      );
    },
    async hasCustomer(id) {
      const found = await ifThere(stripe.customers.retrieve(id));
      return found !== undefined && found.deleted !== true;
    },
    async describeCustomer(key, id, { email, name, address }) {
      const lines = Object.entries(address ?? {}).map(([line, text]) => [line, text ?? '']);
      const description = {
        email: email ?? '',
        ...(name === undefined ? {} : { name: name ?? '' }),
        address: address === null ? ('' as const) : Object.fromEntries(lines),
      };
      await asked(stripe.customers.update(id, description, { idempotencyKey: key }));
    },
    async setUp(key, { customer, confirmationToken, returnUrl, ...whose }) {
      const made = await asked(
        stripe.setupIntents.create(
          {
            automatic_payment_methods: { enabled: true },
            confirm: true,
            confirmation_token: confirmationToken,
            customer,
            metadata: marks(key, whose),
            return_url: returnUrl,
            expand,
          },
          { idempotencyKey: key },
        ),
      );
      return stateOf(made);
    },
    async findSetup(key, customer, since) {
      const created = { gte: sinceSeconds(since) };
      const wanted = { customer, created, limit: PAGE, expand: ['data.payment_method'] };
      return looked(
        (async () => {
          for await (const found of stripe.setupIntents.list(wanted)) {
            if (found.metadata?.[INTENT] === key) return stateOf(found);
          }
          return undefined;
        })(),
      );
    },
    async readSetup(_whose, id) {
      // Comes from the customer, and is part of the path.
      if (!/^seti_\w{1,200}$/.test(id)) return undefined;
      const found = await ifThere(stripe.setupIntents.retrieve(id, { expand }));
      return found && stateOf(found);
    },
    async readMethod(_whose, id) {
      const found = await ifThere(stripe.paymentMethods.retrieve(id));
      return found && methodOf(found);
    },
    async detach(key, whose, id) {
      try {
        await stripe.paymentMethods.detach(id, {}, { idempotencyKey: key });
      } catch (error) {
        const known = error instanceof Stripe.errors.StripeInvalidRequestError;
        const method = known ? await this.readMethod(whose, id) : undefined;
        // Refused for being off already, which is what was asked for.
        if (!known || (method !== undefined && method.customer !== null)) throw meaningOf(error);
      }
    },
    async charge(key, { customer, method, amount, currency, returnUrl, round, ...whose }) {
      const wanted = {
        amount: stripeAmount(amount, currency),
        automatic_payment_methods: { enabled: true },
        confirm: true,
        currency: currency.toLowerCase(),
        customer,
        metadata: marks(key, whose),
        off_session: true,
        payment_method: method,
        return_url: returnUrl,
      };
      const idempotencyKey = round === 0 ? key : `${key}:${round}`;
      try {
        return chargeOf(await stripe.paymentIntents.create(wanted, { idempotencyKey }));
      } catch (error) {
        const declined =
          error instanceof Stripe.errors.StripeCardError ? error.payment_intent : undefined;
        if (declined === undefined) throw meaningOf(error);
        return chargeOf(declined);
      }
    },
    async findCharge(key, { customer }, since) {
      const created = { gte: sinceSeconds(since) };
      return looked(
        (async () => {
          let refused: Charge | undefined;
          for await (const p of stripe.paymentIntents.list({ customer, created, limit: PAGE })) {
            if (p.metadata[INTENT] !== key) continue;
            const found = chargeOf(p);
            if (found.status !== 'refused') return found;
            refused = found;
          }
          return refused;
        })(),
      );
    },
    async setDefault(key, customer, method) {
      await asked(
        stripe.customers.update(
          customer,
          { invoice_settings: { default_payment_method: method } },
          { idempotencyKey: key },
        ),
      );
    },
  };
}

const isLive = ({ secretKey }: StripeAccount) => /^[a-z]+_live_/.test(secretKey);

const ABOUT = { setup_intent: true, payment_method: true, customer: true } as const;
type About = keyof typeof ABOUT;

interface Snapshot {
  object?: unknown;
  id?: unknown;
  customer?: unknown;
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);

/**
 * Reads Stripe's events from their raw bytes, of the last 300 seconds alone. One of the other mode,
 * or of a connected account, is not ours.
 */
export function stripeEvents(account: StripeAccount): ReadEvent {
  const live = isLive(account);
  return (body, signature) => {
    let event: Stripe.Event;
    try {
      event = Stripe.webhooks.constructEvent(
        body,
        signature,
        account.webhookSecret,
        TOLERANCE_SECONDS,
      );
    } catch (error) {
      throw new EventNotGenuine('The signature does not hold', { cause: error });
    }
    const object = (event.data?.object ?? {}) as Snapshot;
    const before = (event.data?.previous_attributes ?? {}) as Snapshot;
    const kind = text(object.object);
    const id = text(object.id);
    const known = (value: string | null) => value !== null && /^\w{1,255}$/.test(value);
    const named = kind === 'customer' ? id : idOf((object.customer ?? before.customer) as string);
    return {
      id: String(event.id),
      type: String(event.type),
      ours: event.livemode === live && event.account == null && known(text(event.id)),
      about:
        kind !== null && id !== null && known(id) && kind in ABOUT
          ? { kind: kind as About, id }
          : null,
      customer: known(text(named)) ? text(named) : null,
    };
  };
}
