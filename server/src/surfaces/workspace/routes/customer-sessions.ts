import { customerSessionsCreate } from '@clientele/contracts/workspace/operations/customer-sessions.ts';
import { route } from '../../../http/route.ts';
import { openSession } from '../../../modules/portal-sessions/index.ts';
import { customerWire } from '../wire/customer.ts';

export const post = route(customerSessionsCreate, {
  run: (app, caller, { body }) => openSession(app, caller, body),
  answer: (opened) => ({
    body: {
      id: opened.id,
      created_at: opened.created_at,
      modified_at: null,
      token: opened.token,
      expires_at: opened.expires_at,
      return_url: opened.return_url,
      customer_portal_url: opened.customer_portal_url,
      customer_id: opened.customer_id,
      customer: customerWire(opened.customer),
    },
  }),
});
