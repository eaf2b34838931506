import { portalFileSharingDownloadsList } from '@clientele/contracts/portal/operations/file-sharing.ts';
import { route } from '../../../../../../http/route.ts';
import { listDownloads } from '../../../../../../modules/file-sharing/index.ts';

export const get = route(portalFileSharingDownloadsList, {
  run: (app, caller, { params }) => listDownloads(app, caller, params.id),
  answer: (downloads) => ({ body: downloads }),
});
