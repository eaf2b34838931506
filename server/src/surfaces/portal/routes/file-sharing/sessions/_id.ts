import { portalFileSharingSessionsGet } from '@clientele/contracts/portal/operations/file-sharing.ts';
import { route } from '../../../../../http/route.ts';
import { getSession } from '../../../../../modules/file-sharing/index.ts';

export const get = route(portalFileSharingSessionsGet, {
  run: (app, caller, { params }) => getSession(app, caller, params.id),
  answer: (session) => ({ body: session }),
});
