import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import {
  CodeAuthenticate,
  CodeRequest,
  PortalSession,
  PortalUser,
  SessionToken,
  TicketExchange,
} from '../schemas/session.ts';
import { anyone, everyone } from './common.ts';

const tag = 'Sign in';
const path = (end: string) => `/api/customer-portal/customer-session${end}`;

export const sessionRequest = operation({
  id: 'customer_session_request',
  method: 'post',
  path: path('/request'),
  tag,
  summary: 'Ask for a login code by e-mail',
  description:
    'Answers the same whether or not the address is known. Where several customers share it, one ' +
    'mail names each with its own code. Codes work once and for 10 minutes.',
  access: everyone,
  body: CodeRequest,
  success: { status: 202, description: 'Received', schema: Type.Null() },
  errors: [],
});

export const sessionAuthenticate = operation({
  id: 'customer_session_authenticate',
  method: 'post',
  path: path('/authenticate'),
  tag,
  summary: 'Sign in with a login code',
  access: everyone,
  body: CodeAuthenticate,
  success: { status: 200, description: 'A new session', schema: SessionToken },
  errors: [401],
});

export const sessionExchange = operation({
  id: 'customer_session_exchange',
  method: 'post',
  path: path('/exchange'),
  tag,
  summary: 'Sign in with the ticket of a portal link',
  description: 'A ticket works once and for 15 minutes.',
  access: everyone,
  body: TicketExchange,
  success: { status: 200, description: 'The session of the link', schema: SessionToken },
  errors: [401],
});

export const sessionUser = operation({
  id: 'customer_session_user',
  method: 'get',
  path: path('/user'),
  tag,
  summary: 'Get who is signed in',
  access: anyone,
  success: { status: 200, description: 'Who is signed in', schema: PortalUser },
  errors: [],
});

export const sessionIntrospect = operation({
  id: 'customer_session_introspect',
  method: 'get',
  path: path('/introspect'),
  tag,
  summary: 'Get the session in use',
  access: anyone,
  success: { status: 200, description: 'The session', schema: PortalSession },
  errors: [],
});

export const sessionEnd = operation({
  id: 'customer_session_end',
  method: 'delete',
  path: path(''),
  tag,
  summary: 'Sign out',
  description: 'The session ends at once.',
  access: anyone,
  success: { status: 204, description: 'Signed out' },
  errors: [],
});
