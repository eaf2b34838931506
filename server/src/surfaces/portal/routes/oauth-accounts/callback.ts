import { oauthCallback } from '@clientele/contracts/portal/operations/oauth-accounts.ts';
import { route } from '../../../../http/route.ts';
import { linkAccount } from '../../../../modules/linked-accounts/index.ts';

export const get = route(oauthCallback, {
  run: (app, caller, { query }) => linkAccount(app, caller, query),
  answer: ({ to, linked }) => ({
    status: linked ? 307 : 303,
    headers: { location: to },
    body: undefined,
  }),
});
