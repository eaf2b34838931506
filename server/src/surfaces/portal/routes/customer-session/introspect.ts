import { sessionIntrospect } from '@clientele/contracts/portal/operations/sessions.ts';
import { route } from '../../../../http/route.ts';
import { ownSession } from '../../../../modules/portal-sessions/index.ts';

export const get = route(sessionIntrospect, {
  run: (app, caller) => ownSession(app, caller),
  answer: ({ expires_at, return_url }) => ({ body: { expires_at, return_url } }),
});
