/** What stands for a payment processor in the database; test and live keys see different objects. */
export type ProcessorName = 'stripe' | 'stripe_test' | 'sandbox';

/** A payment method as its processor knows it. */
export interface ProviderMethod {
  id: string;
  /** The processor's customer that it is attached to; null once it is detached. */
  customer: string | null;
  type: string;
  brand: string | null;
  last4: string | null;
  exp_month: number | null;
  exp_year: number | null;
  funding: string | null;
  wallet: string | null;
}

/** How far setting up a method has come. */
export interface SetupState {
  id: string;
  customer: string | null;
  /** `processing`: the processor is not sure yet; `refused`: this set-up leads to nothing. */
  status: 'succeeded' | 'requires_action' | 'processing' | 'refused';
  /** With it the customer's browser goes on. */
  clientSecret: string | null;
  method: ProviderMethod | null;
  /** Why it was refused, in words the customer may read. */
  reason: string | null;
}

/** Whose customer of ours a processor's object belongs to. */
export interface Whose {
  workspaceId: string;
  customerId: string;
}

/** An event a processor sent: only what it is about, since the object itself is read again. */
export interface ProviderEvent {
  id: string;
  type: string;
  /** Whether it is about the account and mode that this program works with. */
  ours: boolean;
  about: { kind: 'setup_intent' | 'payment_method' | 'customer'; id: string } | null;
  /** The processor's customer it names, now or before the change. */
  customer: string | null;
}

/** The processor said no: nothing was done, and asking again changes nothing. */
export class PaymentRefused extends Error {
  /** Words the customer may read. */
  readonly reason: string;
  /** Its customer, by whose id it was asked, is not there any more. */
  readonly customerGone: boolean;
  constructor(reason: string, more: { customerGone?: boolean; cause?: unknown } = {}) {
    super(reason, { cause: more.cause });
    this.name = 'PaymentRefused';
    this.reason = reason;
    this.customerGone = more.customerGone ?? false;
  }
}

/** The processor gave no answer that can be relied on. What was asked for may have been done. */
export class PaymentProviderDown extends Error {
  /** The request was dealt with to its end: sent again, it gives this failure again. */
  readonly final: boolean;
  constructor(more: { final?: boolean; cause?: unknown } = {}) {
    super('The payment processor gave no answer', { cause: more.cause });
    this.name = 'PaymentProviderDown';
    this.final = more.final ?? false;
  }
}

/** An event whose signature does not hold. */
export class EventNotGenuine extends Error {}

/** What a new customer of the processor is called. */
export interface NewProviderCustomer extends Whose {
  email: string | null;
  name: string | null;
}

/** What a processor shows of a customer; null empties it, and what is left out stays. */
export interface PayerDescription {
  email: string | null;
  name?: string | null;
  address: Partial<Record<AddressField, string | null>> | null;
}
type AddressField = 'line1' | 'line2' | 'city' | 'state' | 'postal_code' | 'country';

/** What is told to set a method up. */
export interface NewSetup extends Whose {
  customer: string;
  confirmationToken: string;
  returnUrl: string;
}

/** A customer that is charged, ours and the processor's. */
export interface ChargedCustomer extends Whose {
  customer: string;
}

/** What is told to charge a method whose holder is not there. */
export interface NewCharge extends ChargedCustomer {
  method: string;
  /** Minor units, more than zero. */
  amount: bigint;
  currency: string;
  returnUrl: string;
  /** How often this failed for good without a charge: asked once more, it is a new request. */
  round: number;
}

/** How a charge stands. */
export interface Charge {
  /** The processor's; null where it refused before it made one. */
  id: string | null;
  /** `processing`: the money may still come. */
  status: 'succeeded' | 'processing' | 'refused';
  /** Why it was refused, in words the customer may read. */
  reason: string | null;
}

/**
 * A payment processor; the port of providers/payments. A `key` is the id of our intent: asked
 * twice under one key, a processor does it once and answers alike. Errors of every call:
 * `PaymentRefused`, `PaymentProviderDown`.
 */
export interface PaymentProvider {
  name: ProcessorName;
  /** Out: the processor's id of the customer. */
  createCustomer(key: string, input: NewProviderCustomer): Promise<string>;
  /** The customer that was made under a key, if one was. `since`: RFC 3339. */
  findCustomer(key: string, since: string): Promise<string | undefined>;
  /** Whether a customer is still there. */
  hasCustomer(id: string): Promise<boolean>;
  describeCustomer(key: string, id: string, description: PayerDescription): Promise<void>;
  /** Makes and confirms a set-up in one call. */
  setUp(key: string, input: NewSetup): Promise<SetupState>;
  /** The set-up that was made under a key, if one was. */
  findSetup(key: string, customer: string, since: string): Promise<SetupState | undefined>;
  readSetup(whose: Whose, id: string): Promise<SetupState | undefined>;
  readMethod(whose: Whose, id: string): Promise<ProviderMethod | undefined>;
  /** Takes a method off its customer; one that is off already stays so. */
  detach(key: string, whose: Whose, id: string): Promise<void>;
  /** Makes a method the one that the processor charges by default. */
  setDefault(key: string, customer: string, method: string): Promise<void>;
  /** Charges a method; a card that declines is a refused charge, not an error. */
  charge(key: string, input: NewCharge): Promise<Charge>;
  /** The charge that was made under a key, if one was. */
  findCharge(key: string, from: ChargedCustomer, since: string): Promise<Charge | undefined>;
}

/** Reads what a processor sends to us. Errors: `EventNotGenuine`. */
export type ReadEvent = (body: Buffer, signature: string) => ProviderEvent;

/** The processors of this installation. */
export interface Payments {
  /** Serves every workspace but the throw-away ones. */
  serving: PaymentProvider;
  /** Serves throw-away workspaces, and everybody where no other is configured. */
  sandbox: PaymentProvider;
  /** Absent where nothing sends events. */
  readEvent?: ReadEvent | undefined;
}
