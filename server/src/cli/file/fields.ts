import { CustomerCreate } from '@clientele/contracts/workspace/schemas/customer.ts';
import type { TObject } from '@sinclair/typebox';

const known = new Set(
  Object.entries(CustomerCreate.properties).flatMap(([name, schema]) => {
    const inner = (schema as unknown as Partial<TObject>).properties;
    return inner === undefined ? [name] : Object.keys(inner).map((part) => `${name}.${part}`);
  }),
);
known.delete('metadata');

/** Whether a name is a field of a customer as an import names them, dotted. */
export const isField = (name: string): boolean => known.has(name) || /^metadata\../s.test(name);

/** The fields, for a person who has to choose one. */
export const fieldNames = (): string => [...known, 'metadata.<key>'].join(', ');

/** Parts of a name that together fill `name` and `owner.name`. */
export const NAME_PARTS = ['first_name', 'last_name'] as const;

const ALIASES: Record<string, string> = {
  address: 'billing_address.line1',
  address1: 'billing_address.line1',
  address_1: 'billing_address.line1',
  address_line_1: 'billing_address.line1',
  street: 'billing_address.line1',
  address2: 'billing_address.line2',
  address_2: 'billing_address.line2',
  address_line_2: 'billing_address.line2',
  city: 'billing_address.city',
  town: 'billing_address.city',
  state: 'billing_address.state',
  province: 'billing_address.state',
  country: 'billing_address.country',
  country_code: 'billing_address.country',
  postal_code: 'billing_address.postal_code',
  postcode: 'billing_address.postal_code',
  zip: 'billing_address.postal_code',
  zip_code: 'billing_address.postal_code',
  e_mail: 'email',
  email_address: 'email',
  customer_id: 'external_id',
  company: 'name',
  company_name: 'name',
  firstname: 'first_name',
  given_name: 'first_name',
  lastname: 'last_name',
  surname: 'last_name',
};

/** The field that a column with a usual name stands for. */
export function aliasOf(column: string): string | undefined {
  const plain = column.toLowerCase().replace(/[\s-]+/g, '_');
  const named = isField(plain) || (NAME_PARTS as readonly string[]).includes(plain);
  return named ? plain : ALIASES[plain];
}
