import { Type } from '@sinclair/typebox';
import { nullable, time, uuid } from '../../lib/schema.ts';
import { Customer } from './customer.ts';
import { identifier, stored } from './stored.ts';

export const CustomerSessionCreate = Type.Object(
  {
    customer_id: Type.Optional(nullable(uuid('The customer; this or external_customer_id'))),
    external_customer_id: Type.Optional(
      nullable(Type.String({ description: 'The customer by its id in your own system' })),
    ),
    customer_external_id: Type.Optional(
      nullable(Type.String({ description: 'Another spelling of external_customer_id' })),
    ),
    member_id: Type.Optional(nullable(uuid('For this member of its team'))),
    external_member_id: Type.Optional(
      nullable(Type.String({ description: 'The member by its id in your own system' })),
    ),
    return_url: Type.Optional(
      nullable(
        Type.String({
          description: 'Where the portal leads back to (http or https)',
          maxLength: 2083,
          minLength: 1,
          format: 'uri',
          'x-url': true,
        }),
      ),
    ),
  },
  { title: 'CustomerSessionCreate', description: 'For whom to open the portal' },
);

export const CustomerSession = Type.Object(
  {
    ...stored,
    token: Type.String({ description: 'Bearer token of the session, shown this once' }),
    expires_at: time('When the session ends by itself'),
    return_url: nullable(Type.String({ description: 'Where the portal leads back to' })),
    customer_portal_url: Type.String({
      description: 'Opens the portal once, within 15 minutes; carries no token',
    }),
    customer_id: identifier('The customer'),
    customer: Customer,
  },
  { title: 'CustomerSession', description: 'A portal session that was opened' },
);
