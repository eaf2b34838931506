import { portalFileSharingSessionsList } from '@clientele/contracts/portal/operations/file-sharing.ts';
import { pageWire } from '../../../../http/page-wire.ts';
import { route } from '../../../../http/route.ts';
import { listSessions } from '../../../../modules/file-sharing/index.ts';

export const get = route(portalFileSharingSessionsList, {
  run: (app, caller, { query }) => listSessions(app, caller, query),
  answer: (found, { query }) => ({ body: pageWire(found, query, (session) => session) }),
});
