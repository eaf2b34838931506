import {
  fileSharingSessionsCreate,
  fileSharingSessionsList,
} from '@clientele/contracts/workspace/operations/file-sharing.ts';
import { pageWire } from '../../../../http/page-wire.ts';
import { route } from '../../../../http/route.ts';
import { createSession, listSessions } from '../../../../modules/file-sharing/index.ts';

export const get = route(fileSharingSessionsList, {
  run: (app, caller, { query }) => listSessions(app, caller, query),
  answer: (found, { query }) => ({ body: pageWire(found, query, (session) => session) }),
});

export const post = route(fileSharingSessionsCreate, {
  run: (app, caller, { body }) => createSession(app, caller, body),
  answer: (session) => ({ body: session }),
});
