import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';

type Customer = Pick<
  Stripe.Customer,
  'id' | 'object' | 'created' | 'livemode' | 'email' | 'name' | 'metadata'
> & {
  invoice_settings: { default_payment_method: string | null };
  address: Record<string, string> | null;
  deleted?: true;
};
type Method = Pick<
  Stripe.PaymentMethod,
  'id' | 'object' | 'created' | 'livemode' | 'type' | 'metadata'
> & {
  customer: string | null;
  card: Pick<
    Stripe.PaymentMethod.Card,
    'brand' | 'last4' | 'exp_month' | 'exp_year' | 'funding'
  > & {
    wallet: null;
  };
};
type Setup = Pick<
  Stripe.SetupIntent,
  'id' | 'object' | 'created' | 'livemode' | 'status' | 'client_secret' | 'metadata'
> & {
  customer: string | null;
  payment_method: string | null;
  last_setup_error: { type: string; code: string; message: string } | null;
};

type Payment = Pick<
  Stripe.PaymentIntent,
  'id' | 'object' | 'created' | 'livemode' | 'amount' | 'currency' | 'status' | 'metadata'
> & {
  customer: string;
  payment_method: string;
  last_payment_error: { type: string; code: string; message: string } | null;
};

/** An answer of the API. */
export interface Answered {
  status: number;
  body: object;
}

const CARDS: Record<string, { brand: 'visa' | 'mastercard'; last4: string }> = {
  visa: { brand: 'visa', last4: '4242' },
  mastercard: { brand: 'mastercard', last4: '4444' },
  '3ds': { brand: 'visa', last4: '3220' },
  unpayable: { brand: 'visa', last4: '0341' },
  slow: { brand: 'visa', last4: '0077' },
};
const DECLINES: Record<string, [code: string, message: string]> = {
  declined: ['generic_decline', 'Your card was declined.'],
  insufficient: ['insufficient_funds', 'Your card has insufficient funds.'],
};

/** How a charge ends, by the card's last digits; any other succeeds. */
const CHARGES: Record<string, Payment['status']> = {
  '0341': 'requires_payment_method',
  '0077': 'processing',
};

const invalid = (status: number, code: string | undefined, message: string, param?: string) => ({
  status,
  body: { error: { type: 'invalid_request_error', code, message, param } },
});
const missing = (what: string, id: string, param: string, status = 404) =>
  invalid(status, 'resource_missing', `No such ${what}: '${id}'`, param);

/** The stand-in's objects, and what calls do to them. */
export class StripeStore {
  readonly customers = new Map<string, Customer>();
  readonly methods = new Map<string, Method>();
  readonly setups = new Map<string, Setup>();
  readonly payments = new Map<string, Payment>();
  /** Everything that happened, as Stripe would tell it, oldest first. */
  readonly events: Stripe.Event[] = [];
  readonly #livemode: boolean;
  readonly #used = new Set<string>();

  constructor(livemode: boolean) {
    this.#livemode = livemode;
  }

  /** Answers a call; its path is that of Stripe's API. */
  answer(method: string, url: URL, body: URLSearchParams): Answered {
    const [, , collection, id, verb] = url.pathname.split('/');
    const call = `${method} ${collection}${id === undefined ? '' : '/id'}${verb ? `/${verb}` : ''}`;
    const named = id ?? '';
    switch (call) {
      case 'POST customers':
        return this.#createCustomer(body);
      case 'GET customers':
        return this.#list(
          [...this.customers.values()].filter((c) => !c.deleted),
          url,
        );
      case 'GET customers/id':
        return this.#found(this.customers.get(named)) ?? missing('customer', named, 'id');
      case 'POST customers/id':
        return this.#updateCustomer(named, body);
      case 'POST setup_intents':
        return this.#createSetup(body);
      case 'GET setup_intents':
        return this.#list(
          [...this.setups.values()]
            .filter((s) => s.customer === url.searchParams.get('customer'))
            .map((s) => this.#expanded(s)),
          url,
        );
      case 'GET setup_intents/id': {
        const setup = this.setups.get(named);
        return setup === undefined
          ? missing('setupintent', named, 'intent')
          : { status: 200, body: this.#expanded(setup) };
      }
      case 'POST payment_intents':
        return this.#createPayment(body);
      case 'GET payment_intents': {
        const customer = url.searchParams.get('customer');
        return this.#list(
          [...this.payments.values()].filter((p) => p.customer === customer),
          url,
        );
      }
      case 'GET payment_methods/id':
        return (
          this.#found(this.methods.get(named)) ?? missing('PaymentMethod', named, 'payment_method')
        );
      case 'POST payment_methods/id/detach':
        return this.#detach(named);
      default:
        return invalid(404, undefined, `Unrecognized request URL (${method}: ${url.pathname})`);
    }
  }

  /** The customer goes through, or fails, what its bank asks. */
  authenticate(setupId: string, decision: 'approve' | 'refuse'): void {
    const setup = this.setups.get(setupId);
    if (setup === undefined || setup.status !== 'requires_action') return;
    const method = this.methods.get(setup.payment_method ?? '');
    if (decision === 'approve' && method !== undefined) {
      this.#attach(method, setup.customer);
      setup.status = 'succeeded';
      this.#tell('setup_intent.succeeded', setup);
      return;
    }
    setup.status = 'requires_payment_method';
    setup.payment_method = null;
    setup.last_setup_error = {
      type: 'invalid_request_error',
      code: 'setup_intent_authentication_failure',
      message: 'We are unable to authenticate your payment method.',
    };
    this.#tell('setup_intent.setup_failed', setup);
  }

  /** A payment that was slow comes in, or not. */
  finish(id: string, status: 'succeeded' | 'requires_payment_method'): void {
    const payment = this.payments.get(id);
    if (payment !== undefined) payment.status = status;
  }

  /** Somebody removes a customer at Stripe's side; its methods go with it. */
  deleteCustomer(id: string): void {
    const customer = this.customers.get(id);
    if (customer === undefined) return;
    customer.deleted = true;
    for (const method of this.methods.values()) if (method.customer === id) method.customer = null;
    this.#tell('customer.deleted', customer);
  }

  /** Somebody takes a method off at Stripe's side. */
  detach(id: string): void {
    this.#detach(id);
  }

  /** Methods that are attached to a customer now. */
  attached(customer: string): Method[] {
    return [...this.methods.values()].filter((m) => m.customer === customer);
  }

  #base<O extends string>(prefix: string, object: O) {
    return {
      id: `${prefix}_${randomBytes(12).toString('hex')}`,
      object,
      created: Math.floor(Date.now() / 1000),
      livemode: this.#livemode,
    };
  }

  #tell(type: string, object: object, previous?: object): void {
    const data = { object: structuredClone(object), previous_attributes: previous };
    const event = { ...this.#base('evt', 'event'), api_version: null, type, data };
    this.events.push(event as unknown as Stripe.Event);
  }

  #found(object: object | undefined): Answered | undefined {
    if (object === undefined) return undefined;
    const { deleted, id } = object as { deleted?: true; id: string };
    return { status: 200, body: deleted ? { id, object: 'customer', deleted } : object };
  }

  #list(all: { id: string; created: number }[], url: URL): Answered {
    const get = (name: string) => url.searchParams.get(name);
    const since = Number(get('created[gte]') ?? 0);
    const newest = all.filter((o) => o.created >= since).reverse();
    const from = newest.findIndex((o) => o.id === get('starting_after')) + 1;
    const limit = Number(get('limit') ?? 10);
    const data = newest.slice(from, from + limit);
    const has_more = newest.length > from + limit;
    return { status: 200, body: { object: 'list', url: url.pathname, data, has_more } };
  }

  #expanded(setup: Setup) {
    return { ...setup, payment_method: this.methods.get(setup.payment_method ?? '') ?? null };
  }

  #metadata(body: URLSearchParams): Stripe.Metadata {
    const entries = [...body].flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value] as const];
    });
    return Object.fromEntries(entries);
  }

  #createCustomer(body: URLSearchParams): Answered {
    const email = body.get('email') ?? '';
    if (!/^[\x21-\x7e]*$/.test(email)) {
      return invalid(400, 'email_invalid', `Invalid email address: ${email}`, 'email');
    }
    const customer: Customer = {
      ...this.#base('cus', 'customer'),
      email: body.get('email'),
      name: body.get('name'),
      metadata: this.#metadata(body),
      address: null,
      invoice_settings: { default_payment_method: null },
    };
    this.customers.set(customer.id, customer);
    this.#tell('customer.created', customer);
    return { status: 200, body: customer };
  }

  #updateCustomer(id: string, body: URLSearchParams): Answered {
    const customer = this.customers.get(id);
    if (customer === undefined || customer.deleted) return missing('customer', id, 'customer');
    const before = structuredClone(customer);
    const method = body.get('invoice_settings[default_payment_method]');
    if (method !== null) {
      if (this.methods.get(method)?.customer !== id) {
        return missing('PaymentMethod', method, 'invoice_settings[default_payment_method]', 400);
      }
      customer.invoice_settings.default_payment_method = method;
    }
    if (body.has('email')) customer.email = body.get('email') || null;
    if (body.has('name')) customer.name = body.get('name') || null;
    const lines = [...body].flatMap(([name, value]) => {
      const line = /^address\[(\w+)\]$/.exec(name)?.[1];
      return line === undefined || value === '' ? [] : [[line, value] as const];
    });
    if (body.get('address') === '') customer.address = null;
    else if (lines.length > 0) customer.address = Object.fromEntries(lines);
    this.#tell('customer.updated', customer, before);
    return { status: 200, body: customer };
  }

  #attach(method: Method, customer: string | null): void {
    method.customer = customer;
    this.#tell('payment_method.attached', method);
  }

  #createSetup(body: URLSearchParams): Answered {
    const customer = body.get('customer') ?? '';
    const token = body.get('confirmation_token') ?? '';
    const owner = this.customers.get(customer);
    if (owner === undefined || owner.deleted) return missing('customer', customer, 'customer', 400);
    const [, kind = ''] = /^ctoken_([a-z0-9]+)/.exec(token) ?? [];
    const decline = DECLINES[kind];
    const card = CARDS[kind];
    if (card === undefined && decline === undefined) {
      return missing('confirmationtoken', token, 'confirmation_token', 400);
    }
    if (this.#used.has(token)) {
      return invalid(
        400,
        undefined,
        'This ConfirmationToken was used already',
        'confirmation_token',
      );
    }
    this.#used.add(token);
    const base = this.#base('seti', 'setup_intent');
    const setup: Setup = {
      ...base,
      status: 'requires_payment_method',
      client_secret: `${base.id}_secret_${randomBytes(12).toString('hex')}`,
      metadata: this.#metadata(body),
      customer,
      payment_method: null,
      last_setup_error: null,
    };
    this.setups.set(setup.id, setup);
    this.#tell('setup_intent.created', setup);
    if (card === undefined) {
      const [decline_code, message] = decline as [string, string];
      const error = { type: 'card_error', code: 'card_declined', decline_code, message };
      setup.last_setup_error = error;
      this.#tell('setup_intent.setup_failed', setup);
      return { status: 402, body: { error: { ...error, setup_intent: setup } } };
    }
    const method: Method = {
      ...this.#base('pm', 'payment_method'),
      type: 'card',
      metadata: {},
      customer: null,
      card: { ...card, exp_month: 12, exp_year: 2034, funding: 'credit', wallet: null },
    };
    this.methods.set(method.id, method);
    setup.payment_method = method.id;
    if (kind === '3ds') {
      setup.status = 'requires_action';
      this.#tell('setup_intent.requires_action', setup);
    } else {
      this.#attach(method, customer);
      setup.status = 'succeeded';
      this.#tell('setup_intent.succeeded', setup);
    }
    return { status: 200, body: this.#expanded(setup) };
  }

  #createPayment(body: URLSearchParams): Answered {
    const get = (name: string) => body.get(name) ?? '';
    const [customer, method, amount] = [get('customer'), get('payment_method'), get('amount')];
    const owner = this.customers.get(customer);
    if (owner === undefined || owner.deleted) return missing('customer', customer, 'customer', 400);
    const card = this.methods.get(method);
    if (card?.customer !== customer) {
      return missing('PaymentMethod', method, 'payment_method', 400);
    }
    if (!/^[1-9]\d{0,7}$/.test(amount)) {
      return invalid(400, 'amount_too_large', `Invalid integer: ${amount}`, 'amount');
    }
    if (get('confirm') !== 'true' || get('off_session') !== 'true') {
      return invalid(400, undefined, 'Only charges without the holder are known here');
    }
    const payment: Payment = {
      ...this.#base('pi', 'payment_intent'),
      amount: Number(amount),
      currency: get('currency'),
      status: CHARGES[card.card.last4 ?? ''] ?? 'succeeded',
      metadata: this.#metadata(body),
      customer,
      payment_method: method,
      last_payment_error: null,
    };
    this.payments.set(payment.id, payment);
    if (payment.status !== 'requires_payment_method') return { status: 200, body: payment };
    const [decline_code, message] = DECLINES.declined as [string, string];
    const error = { type: 'card_error', code: 'card_declined', decline_code, message };
    payment.last_payment_error = error;
    return { status: 402, body: { error: { ...error, payment_intent: payment } } };
  }

  #detach(id: string): Answered {
    const method = this.methods.get(id);
    if (method === undefined) return missing('PaymentMethod', id, 'payment_method');
    const { customer } = method;
    if (customer === null) {
      const message = 'The payment method you provided is not attached to a customer.';
      return invalid(400, undefined, message);
    }
    method.customer = null;
    const settings = this.customers.get(customer)?.invoice_settings;
    if (settings?.default_payment_method === id) settings.default_payment_method = null;
    this.#tell('payment_method.detached', method, { customer });
    return { status: 200, body: method };
  }
}
