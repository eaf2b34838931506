import { sessionExchange } from '@clientele/contracts/portal/operations/sessions.ts';
import { route } from '../../../../http/route.ts';
import { exchangeTicket } from '../../../../modules/portal-sessions/index.ts';

export const post = route(sessionExchange, {
  run: (app, caller, { body }) => exchangeTicket(app, caller, body.ticket),
  answer: (body) => ({ body }),
});
