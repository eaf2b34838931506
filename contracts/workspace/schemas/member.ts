import { Type } from '@sinclair/typebox';
import { blankNull, defaulted, nullable, uuid, words } from '../../lib/schema.ts';
import { identifier, stored } from './stored.ts';

export const MemberRole = words(['owner', 'billing_manager', 'member'], {
  title: 'MemberRole',
  description: 'What a member may do; a customer has exactly one owner',
});

/** A name on input: measured as sent, then trimmed; blank means none. */
export const nameInput = Type.Optional(
  nullable(blankNull({ description: 'Name; blank means none', maxLength: 256 })),
);
/** An id of the caller's own system on input. */
export const externalIdInput = Type.Optional(
  nullable(blankNull({ description: 'Id in your own system; blank means none' })),
);
/** An e-mail address on input. */
export const emailInput = Type.String({
  description: 'E-mail address; its syntax alone is checked',
  format: 'email',
  'x-email': true,
});

export const Member = Type.Object(
  {
    ...stored,
    customer_id: identifier('The customer whose team this is'),
    email: nullable(Type.String({ description: 'E-mail address' })),
    name: nullable(Type.String({ description: 'Name' })),
    external_id: nullable(Type.String({ description: 'Id in your own system' })),
    role: MemberRole,
  },
  { title: 'Member', description: "A person on a customer's team" },
);

export const OwnerCreate = Type.Object(
  { email: Type.Optional(nullable(emailInput)), name: nameInput, external_id: externalIdInput },
  {
    title: 'OwnerCreate',
    description: 'The first member; what is not given is taken from the customer',
  },
);

export const MemberCreate = Type.Object(
  {
    customer_id: uuid('The customer to add the member to'),
    email: emailInput,
    name: nameInput,
    external_id: externalIdInput,
    role: defaulted(MemberRole, 'member'),
  },
  { title: 'MemberCreate', description: 'A member to add' },
);

export const MemberUpdate = Type.Object(
  { name: nameInput, role: Type.Optional(nullable(MemberRole)), external_id: externalIdInput },
  {
    title: 'MemberUpdate',
    description: 'What to change; an absent field stays, and so does a role given as null',
  },
);
