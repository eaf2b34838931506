import { sessionEnd } from '@clientele/contracts/portal/operations/sessions.ts';
import { nothing, route } from '../../../http/route.ts';
import { signOut } from '../../../modules/portal-sessions/index.ts';

export const del = route(sessionEnd, {
  run: (app, caller) => signOut(app, caller),
  answer: nothing,
});
