import {
  fileSharingSessionsGet,
  fileSharingSessionsUpdate,
} from '@clientele/contracts/workspace/operations/file-sharing.ts';
import { route } from '../../../../../http/route.ts';
import { changeStatus, getSession } from '../../../../../modules/file-sharing/index.ts';

export const get = route(fileSharingSessionsGet, {
  run: (app, caller, { params }) => getSession(app, caller, params.id),
  answer: (session) => ({ body: session }),
});

export const patch = route(fileSharingSessionsUpdate, {
  run: (app, caller, { params, body }) => changeStatus(app, caller, params.id, body.status),
  answer: (session) => ({ body: session }),
});
