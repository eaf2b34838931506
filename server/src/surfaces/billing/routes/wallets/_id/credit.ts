import { walletsCredit } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../http/route.ts';
import { creditWallet } from '../../../../../modules/wallets/index.ts';
import { movedReply } from '../../../wire/wallet.ts';

export const post = route(walletsCredit, {
  run: (app, caller, { params, body }) => creditWallet(app, caller, params.id, body),
  answer: movedReply,
});
