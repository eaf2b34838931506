import { Type } from '@sinclair/typebox';
import { blankNull, nullable, words } from '../../lib/schema.ts';
import { Address, AddressInput } from '../../workspace/schemas/address.ts';
import { stored } from '../../workspace/schemas/stored.ts';

export const LinkedAccount = Type.Object(
  {
    account_id: Type.String({ description: "The account's id at its platform" }),
    account_username: nullable(Type.String({ description: 'What the account goes by there' })),
  },
  { title: 'CustomerPortalOAuthAccount', description: 'A linked account, without its tokens' },
);

export const PortalCustomer = Type.Object(
  {
    ...stored,
    email: nullable(Type.String({ description: 'E-mail address' })),
    email_verified: Type.Boolean({ description: 'Whether somebody signed in with this address' }),
    name: nullable(Type.String({ description: 'Name' })),
    billing_name: nullable(Type.String({ description: 'Name on bills; the name, unless set' })),
    billing_address: nullable(Address),
    oauth_accounts: Type.Record(Type.String(), LinkedAccount, {
      description: 'Linked accounts by platform and account id',
    }),
    type: nullable(words(['individual', 'team'], { description: 'Whether it has a team' })),
  },
  { title: 'CustomerPortalCustomer', description: 'The customer, as it sees itself' },
);

export const PortalCustomerUpdate = Type.Object(
  {
    billing_name: Type.Optional(
      nullable(blankNull({ description: 'Name on bills; null or blank leaves it as it is' })),
    ),
    billing_address: Type.Optional(nullable(AddressInput)),
  },
  { title: 'CustomerPortalCustomerUpdate', description: 'What to change; null changes nothing' },
);
