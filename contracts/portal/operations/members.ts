import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import { PortalMember, PortalMemberCreate, PortalMemberUpdate } from '../schemas/member.ts';
import { team } from './common.ts';

const tag = 'Team';
const one = Type.Object({ id: uuid('Id of the member', 0) });
const oneMember = { schema: PortalMember, description: 'The member' };

export const teamList = operation({
  id: 'members_list',
  method: 'get',
  path: '/api/customer-portal/members',
  tag,
  summary: 'List the team',
  access: team,
  success: { status: 200, description: 'Everybody on the team', schema: Type.Array(PortalMember) },
  errors: [],
});

export const teamAdd = operation({
  id: 'members_add',
  method: 'post',
  path: '/api/customer-portal/members',
  tag,
  summary: 'Add somebody to the team',
  description:
    'Who is added gets a mail. An address that is on the team already answers with who is there, ' +
    'unchanged.',
  access: team,
  body: PortalMemberCreate,
  success: { status: 201, ...oneMember },
  errors: [],
});

export const teamUpdate = operation({
  id: 'members_update',
  method: 'patch',
  path: '/api/customer-portal/members/{id}',
  tag,
  summary: "Change a member's role",
  description:
    'The owner may make another member the owner; the owner until then becomes a billing manager. ' +
    'The sessions of the member end.',
  access: team,
  params: one,
  body: PortalMemberUpdate,
  success: { status: 200, ...oneMember },
  errors: [404],
});

export const teamRemove = operation({
  id: 'members_remove',
  method: 'delete',
  path: '/api/customer-portal/members/{id}',
  tag,
  summary: 'Take somebody off the team',
  description: 'The sessions of the member end.',
  access: team,
  params: one,
  success: { status: 204, description: 'Removed' },
  errors: [404],
});
