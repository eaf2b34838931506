import { Type } from '@sinclair/typebox';
import { nullable, time, uuid, words } from '../../lib/schema.ts';
import { emailInput, MemberRole } from '../../workspace/schemas/member.ts';
import { identifier } from '../../workspace/schemas/stored.ts';

export const PortalUser = Type.Object(
  {
    type: words(['customer', 'member'], { description: 'Whose session this is' }),
    name: nullable(Type.String({ description: 'Name' })),
    email: nullable(Type.String({ description: 'E-mail address' })),
    customer_id: identifier('The customer'),
    member_id: nullable(identifier('The member; null in a session of the customer')),
    role: nullable(MemberRole),
  },
  { title: 'PortalAuthenticatedUser', description: 'Who is signed in' },
);

export const PortalSession = Type.Object(
  {
    expires_at: time('When the session ends by itself'),
    return_url: nullable(Type.String({ description: 'Where the customer came from' })),
  },
  { title: 'CustomerCustomerSession', description: 'The session in use' },
);

export const CodeRequest = Type.Object(
  {
    email: emailInput,
    workspace_id: uuid('The workspace to sign in to'),
    customer_id: Type.Optional(nullable(uuid('Only for this customer, where several share it'))),
  },
  { title: 'CustomerSessionCodeRequest', description: 'Whom to send a login code' },
);

export const CodeAuthenticate = Type.Object(
  {
    code: Type.String({ description: 'The code, in any case, with or without its dash' }),
    email: Type.Optional(
      nullable(Type.String({ description: 'The address it was sent to; binds the try to it' })),
    ),
  },
  {
    title: 'CustomerSessionCodeAuthenticateRequest',
    description: 'The code of a login mail',
  },
);

export const TicketExchange = Type.Object(
  { ticket: Type.String({ description: 'The ticket of a portal link' }) },
  { title: 'CustomerSessionTicketExchange', description: 'What a portal link carries' },
);

export const SessionToken = Type.Object(
  { token: Type.String({ description: 'Bearer token of the new session, shown this once' }) },
  { title: 'CustomerSessionCodeAuthenticateResponse', description: 'A new session' },
);
