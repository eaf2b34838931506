import { Type } from '@sinclair/typebox';
import { defaulted, nullable, time, uuid, words } from '../../lib/schema.ts';
import { Address, AddressInput } from './address.ts';
import { emailInput, externalIdInput, Member, nameInput, OwnerCreate } from './member.ts';
import { MetadataInput, MetadataOutput } from './metadata.ts';
import { CustomerMeter } from './meter.ts';
import { pageOf } from './page.ts';
import { identifier, stored } from './stored.ts';

export const CustomerType = words(['individual', 'team'], {
  title: 'CustomerType',
  description: 'Whether a customer is one person or a team',
});

export const CustomerSortProperty = words(
  ['email', '-email', 'name', '-name', 'created_at', '-created_at'],
  { title: 'CustomerSortProperty', description: 'A field to sort by; a minus sorts downwards' },
);

const record = {
  ...stored,
  metadata: MetadataOutput,
  external_id: nullable(Type.String({ description: 'Id in your own system; never changes' })),
  email: nullable(Type.String({ description: 'E-mail address, unique in the workspace' })),
  email_verified: Type.Boolean({ description: 'Whether a login proved the address' }),
  type: nullable(CustomerType),
  name: nullable(Type.String({ description: 'Name' })),
  billing_address: nullable(Address),
  workspace_id: identifier('The workspace this belongs to'),
  deleted_at: nullable(time('When it was deleted')),
};

const avatar_url = Type.String({ description: 'Picture found by the e-mail address' });

export const Customer = Type.Object(
  { ...record, avatar_url },
  { title: 'Customer', description: 'A customer without its team' },
);

export const CustomerWithMembers = Type.Object(
  {
    ...record,
    members: Type.Array(Member, { description: 'The team; empty when not asked for' }),
    avatar_url,
  },
  { title: 'CustomerWithMembers', description: 'A customer and its team' },
);

export const CustomerPage = pageOf(CustomerWithMembers);

export const CustomerState = Type.Object(
  {
    ...record,
    avatar_url,
    active_meters: Type.Array(CustomerMeter, { description: 'Usage per meter, oldest first' }),
  },
  { title: 'CustomerState', description: 'A customer with its usage at this moment' },
);

export const CustomerCreate = Type.Object(
  {
    metadata: defaulted(MetadataInput, {}),
    external_id: externalIdInput,
    email: emailInput,
    name: nameInput,
    billing_address: Type.Optional(nullable(AddressInput)),
    type: defaulted(nullable(CustomerType), 'individual'),
    workspace_id: Type.Optional(nullable(uuid('Refused: the token already names the workspace'))),
    owner: Type.Optional(nullable(OwnerCreate)),
  },
  { title: 'CustomerCreate', description: 'A customer to make, with its owner member' },
);

const changes = {
  metadata: Type.Optional(MetadataInput),
  email: Type.Optional(nullable(emailInput)),
  name: nameInput,
  billing_address: Type.Optional(nullable(AddressInput)),
};

export const CustomerUpdate = Type.Object(
  { ...changes, external_id: externalIdInput, type: Type.Optional(nullable(CustomerType)) },
  {
    title: 'CustomerUpdate',
    description:
      'What to change; an absent field stays. Metadata is replaced whole. Null clears name and ' +
      'address and leaves email and type. An external id is set once; a team stays a team.',
  },
);

export const CustomerUpdateExternalID = Type.Object(changes, {
  title: 'CustomerUpdateExternalID',
  description: 'What to change; an absent field stays. Metadata is replaced whole.',
});
