import {
  fileSharingDownloadsCreate,
  fileSharingDownloadsList,
} from '@clientele/contracts/workspace/operations/file-sharing.ts';
import { route } from '../../../../../../http/route.ts';
import { listDownloads, takeDownload } from '../../../../../../modules/file-sharing/index.ts';

export const get = route(fileSharingDownloadsList, {
  run: (app, caller, { params }) => listDownloads(app, caller, params.id),
  answer: (downloads) => ({ body: downloads }),
});

export const post = route(fileSharingDownloadsCreate, {
  run: (app, caller, { params, body }) => takeDownload(app, caller, params.id, body),
  answer: (download) => ({ body: download }),
});
