import { sessionUser } from '@clientele/contracts/portal/operations/sessions.ts';
import { route } from '../../../../http/route.ts';
import { signedInUser } from '../../../../modules/portal-sessions/index.ts';

export const get = route(sessionUser, {
  run: (app, caller) => signedInUser(app, caller),
  answer: (body) => ({ body }),
});
