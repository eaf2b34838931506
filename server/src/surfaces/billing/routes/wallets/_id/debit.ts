import { walletsDebit } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../http/route.ts';
import { debitWallet } from '../../../../../modules/wallets/index.ts';
import { movedReply } from '../../../wire/wallet.ts';

export const post = route(walletsDebit, {
  run: (app, caller, { params, body }) => debitWallet(app, caller, params.id, body),
  answer: movedReply,
});
