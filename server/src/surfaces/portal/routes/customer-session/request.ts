import { sessionRequest } from '@clientele/contracts/portal/operations/sessions.ts';
import { route } from '../../../../http/route.ts';
import { requestCode } from '../../../../modules/portal-sessions/index.ts';

export const post = route(sessionRequest, {
  run: (app, caller, { body }) => requestCode(app, caller, body),
  answer: (body) => ({ body }),
});
