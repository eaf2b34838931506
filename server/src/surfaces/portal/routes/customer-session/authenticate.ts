import { sessionAuthenticate } from '@clientele/contracts/portal/operations/sessions.ts';
import { route } from '../../../../http/route.ts';
import { authenticate } from '../../../../modules/portal-sessions/index.ts';

export const post = route(sessionAuthenticate, {
  run: (app, caller, { body }) => authenticate(app, caller, body),
  answer: (body) => ({ body }),
});
