import { oauthAuthorize } from '@clientele/contracts/portal/operations/oauth-accounts.ts';
import { route } from '../../../../http/route.ts';
import { authorizeAccount } from '../../../../modules/linked-accounts/index.ts';

export const get = route(oauthAuthorize, {
  run: (app, caller, { query }) => authorizeAccount(app, caller, query),
  answer: (body) => ({ body }),
});
