import { Type } from '@sinclair/typebox';
import { defaulted, nullable } from '../../lib/schema.ts';
import { emailInput, MemberRole } from '../../workspace/schemas/member.ts';
import { stored } from '../../workspace/schemas/stored.ts';

export const PortalMember = Type.Object(
  {
    ...stored,
    email: nullable(Type.String({ description: 'E-mail address' })),
    name: nullable(Type.String({ description: 'Name' })),
    role: MemberRole,
  },
  { title: 'CustomerPortalMember', description: 'A person on the team' },
);

export const PortalMemberCreate = Type.Object(
  {
    email: emailInput,
    name: Type.Optional(nullable(Type.String({ description: 'Name' }))),
    role: defaulted(MemberRole, 'member'),
  },
  { title: 'CustomerPortalMemberCreate', description: 'Whom to add to the team' },
);

export const PortalMemberUpdate = Type.Object(
  { role: Type.Optional(nullable(MemberRole)) },
  { title: 'CustomerPortalMemberUpdate', description: 'The new role; null leaves it' },
);
