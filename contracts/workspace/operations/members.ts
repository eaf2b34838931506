import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import { Member, MemberCreate, MemberRole, MemberUpdate } from '../schemas/member.ts';
import { pageOf, pageQuery } from '../schemas/page.ts';
import { byId, reads, writes } from './common.ts';

const tag = 'Members';
const one = byId('member');
const oneMember = { schema: Member, description: 'The member' };

export const membersList = operation({
  id: 'members_list',
  method: 'get',
  path: '/api/members/',
  tag,
  summary: 'List members',
  description: 'Newest first. Every filter given must hold.',
  access: reads('members'),
  query: Type.Object({
    customer_id: Type.Optional(uuid('Only the team of this customer')),
    email: Type.Optional(Type.String({ description: 'Exact address, ignoring case' })),
    role: Type.Optional(MemberRole),
    ...pageQuery,
  }),
  success: { status: 200, description: 'A page of members', schema: pageOf(Member) },
  errors: [],
});

export const membersCreate = operation({
  id: 'members_create',
  method: 'post',
  path: '/api/members/',
  tag,
  summary: 'Add a member to a customer',
  description: 'An address that is already on the team answers with who is there, unchanged.',
  access: writes('members'),
  body: MemberCreate,
  success: { status: 201, ...oneMember },
  errors: [],
});

export const membersGet = operation({
  id: 'members_get',
  method: 'get',
  path: '/api/members/{id}',
  tag,
  summary: 'Get a member',
  access: reads('members'),
  params: one,
  success: { status: 200, ...oneMember },
  errors: [404],
});

export const membersUpdate = operation({
  id: 'members_update',
  method: 'patch',
  path: '/api/members/{id}',
  tag,
  summary: 'Change a member',
  description:
    'Making a member the owner hands the ownership over: who held it becomes a billing manager. ' +
    'A change of role ends the sessions of the member.',
  access: writes('members'),
  params: one,
  body: MemberUpdate,
  success: { status: 200, ...oneMember },
  errors: [404],
});

export const membersDelete = operation({
  id: 'members_delete',
  method: 'delete',
  path: '/api/members/{id}',
  tag,
  summary: 'Remove a member',
  description: 'Ends the sessions of the member. The owner cannot be removed.',
  access: writes('members'),
  params: one,
  success: { status: 204, description: 'Removed' },
  errors: [404],
});
