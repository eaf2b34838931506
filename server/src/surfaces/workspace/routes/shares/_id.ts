import { sharesGet, sharesUpdate } from '@clientele/contracts/workspace/operations/shares.ts';
import { route } from '../../../../http/route.ts';
import { getShare, patchShare } from '../../../../modules/shares/index.ts';

export const get = route(sharesGet, {
  run: (app, caller, { params }) => getShare(app, caller, params.id),
  answer: (share) => ({ body: share }),
});

export const patch = route(sharesUpdate, {
  run: (app, caller, { params, body }) => patchShare(app, caller, params.id, body),
  answer: (share) => ({ body: share }),
});
