import { walletsTransfer } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../http/route.ts';
import { transferMoney } from '../../../../../modules/wallets/index.ts';
import { entryWire, movedReply, walletWire } from '../../../wire/wallet.ts';

export const post = route(walletsTransfer, {
  run: (app, caller, { params, body }) => transferMoney(app, caller, params.id, body),
  answer: (moved) => ({
    body: {
      data: {
        ...movedReply(moved).body.data,
        to_transaction: entryWire(moved.to_transaction),
        to_wallet: walletWire(moved.to_wallet),
      },
    },
  }),
});
