import { holdsRelease } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../../../http/route.ts';
import { releaseHold } from '../../../../../../../modules/wallets/index.ts';
import { heldReply } from '../../../../../wire/wallet.ts';

export const post = route(holdsRelease, {
  run: (app, caller, { params }) => releaseHold(app, caller, params),
  answer: heldReply,
});
