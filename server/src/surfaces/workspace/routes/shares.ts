import { sharesCreate, sharesList } from '@clientele/contracts/workspace/operations/shares.ts';
import { pageWire } from '../../../http/page-wire.ts';
import { route } from '../../../http/route.ts';
import { createShare, listShares } from '../../../modules/shares/index.ts';

export const get = route(sharesList, {
  run: (app, caller, { query }) => listShares(app, caller, query),
  answer: (found, { query }) => ({ body: pageWire(found, query, (share) => share) }),
});

export const post = route(sharesCreate, {
  run: (app, caller, { body }) => createShare(app, caller, body),
  answer: (share) => ({ body: share }),
});
