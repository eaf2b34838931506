import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { nullable, uuid } from '../../lib/schema.ts';
import { AuthorizeResponse, OAuthPlatform } from '../schemas/oauth-account.ts';
import { anyone, everyone } from './common.ts';

const tag = 'Linked accounts';
const path = (end: string) => `/api/customer-portal/oauth-accounts${end}`;
const given = (description: string) => Type.Optional(nullable(Type.String({ description })));

export const oauthAuthorize = operation({
  id: 'oauth_accounts_authorize',
  method: 'get',
  path: path('/authorize'),
  tag,
  summary: 'Begin to link an account',
  description:
    'Send the person to the URL within 10 minutes; it works once and only while this session ' +
    'lives. The account is linked to the member of this session, else to the customer.',
  access: anyone,
  query: Type.Object({
    platform: OAuthPlatform,
    customer_id: uuid('The customer; the one of the session counts'),
    return_to: given(
      'Where to send the person afterwards: a path, a URL of this installation, or one of the ' +
        'site the session was opened from; any other becomes the portal',
    ),
  }),
  success: { status: 200, description: 'Where to send the person', schema: AuthorizeResponse },
  errors: [],
  remote: true,
});

export const oauthCallback = operation({
  id: 'oauth_accounts_callback',
  method: 'get',
  path: path('/callback'),
  tag,
  summary: 'Where platforms send people back to',
  description:
    'Sends the person on to `return_to`: with 307 when the account is linked, else with 303 and ' +
    '`error`, `error_platform` and, where the platform says so, `error_retry_after` in seconds.',
  access: everyone,
  query: Type.Object({
    state: Type.String({ description: 'What the round trip is known by' }),
    code: given('What the platform gives for an agreement'),
    error: given('Why there is no agreement'),
    iss: given('The issuer that answered (RFC 9207)'),
  }),
  success: { status: 307, description: 'Linked; back to where the person came from' },
  errors: [303, 403],
});
