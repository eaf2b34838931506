import type { Work } from '../../db/work.ts';
import type { Customer } from '../customers/index.ts';
import { emailKeys, namedCustomers } from './imports.store.ts';

/** How a row names its customer. */
export interface Identity {
  id?: string;
  externalId?: string;
  email?: string;
}

type Found = Customer & { email_key: string | null };

const all = (values: (string | undefined)[]) => [...new Set(values.filter((v) => v !== undefined))];

/** The customers that the rows of a batch name, as they are after the rows so far. */
export class KnownCustomers {
  readonly #keys: Map<string, string>;
  readonly #byId = new Map<string, Customer>();
  readonly #byExternalId = new Map<string, Customer>();
  readonly #byEmail = new Map<string, Customer>();
  readonly #emailOf = new Map<string, string>();

  private constructor(keys: Map<string, string>) {
    this.#keys = keys;
  }

  /** Finds and locks what the rows name, in one round trip. */
  static async find(w: Work, workspaceId: string, identities: Identity[]): Promise<KnownCustomers> {
    const emails = all(identities.map((i) => i.email));
    const keys = w.defer<{ email: string; key: string }>(emailKeys(emails));
    const customers = w.defer<Found>(
      namedCustomers(
        workspaceId,
        all(identities.map((i) => i.id)),
        all(identities.map((i) => i.externalId)),
        emails,
      ),
    );
    const [named, found] = await w.now(keys.and(customers));
    const known = new KnownCustomers(new Map(named.rows.map((r) => [r.email, r.key])));
    for (const { email_key, ...customer } of found.rows) known.#add(customer, email_key);
    return known;
  }

  /** The customer of a row: by the id of our own export, else external id, else e-mail. */
  match({ id, externalId, email }: Identity): Customer | undefined {
    return (
      (id === undefined ? undefined : this.#byId.get(id)) ??
      (externalId === undefined ? undefined : this.#byExternalId.get(externalId)) ??
      this.withEmail(email)
    );
  }

  withEmail(email: string | null | undefined): Customer | undefined {
    const key = email == null ? undefined : this.#keys.get(email);
    return key === undefined ? undefined : this.#byEmail.get(key);
  }

  withExternalId(externalId: string | null): Customer | undefined {
    return externalId === null ? undefined : this.#byExternalId.get(externalId);
  }

  /** Notes what a row made of a customer; its former names are free again. */
  put(after: Customer): void {
    const before = this.#byId.get(after.id);
    const key = this.#emailOf.get(after.id);
    if (key !== undefined && before?.email !== after.email) this.#byEmail.delete(key);
    const kept = before?.email === after.email ? key : undefined;
    this.#add(after, kept ?? (after.email === null ? null : (this.#keys.get(after.email) ?? null)));
  }

  #add(customer: Customer, key: string | null): void {
    this.#byId.set(customer.id, customer);
    if (customer.external_id !== null) this.#byExternalId.set(customer.external_id, customer);
    if (key === null) return;
    this.#byEmail.set(key, customer);
    this.#emailOf.set(customer.id, key);
  }
}
