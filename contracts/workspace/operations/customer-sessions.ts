import { operation } from '../../lib/operation.ts';
import { CustomerSession, CustomerSessionCreate } from '../schemas/customer-session.ts';
import { writes } from './common.ts';

export const customerSessionsCreate = operation({
  id: 'customer_sessions_create',
  method: 'post',
  path: '/api/customer-sessions/',
  tag: 'Customer sessions',
  summary: 'Open the portal for a customer',
  description:
    'With a customer alone the session is the customer’s; with a member it is the member’s. It ' +
    'lasts an hour.',
  access: writes('customer_sessions'),
  body: CustomerSessionCreate,
  success: { status: 201, description: 'The session', schema: CustomerSession },
  errors: [],
});
