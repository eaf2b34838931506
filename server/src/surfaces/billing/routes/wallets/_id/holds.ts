import { walletsHold } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../http/route.ts';
import { holdMoney } from '../../../../../modules/wallets/index.ts';
import { heldReply } from '../../../wire/wallet.ts';

export const post = route(walletsHold, {
  run: (app, caller, { params, body }) => holdMoney(app, caller, params.id, body),
  answer: heldReply,
});
