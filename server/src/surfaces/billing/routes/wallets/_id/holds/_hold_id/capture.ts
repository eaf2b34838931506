import { holdsCapture } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../../../http/route.ts';
import { captureHold } from '../../../../../../../modules/wallets/index.ts';
import { heldReply } from '../../../../../wire/wallet.ts';

export const post = route(holdsCapture, {
  run: (app, caller, { params, body }) => captureHold(app, caller, params, body),
  answer: heldReply,
});
