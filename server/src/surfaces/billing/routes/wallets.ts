import { walletsCreate, walletsList } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../http/route.ts';
import { addWallet, listWallets } from '../../../modules/wallets/index.ts';
import { pageReply } from '../wire/customer.ts';
import { walletWire } from '../wire/wallet.ts';

export const get = route(walletsList, {
  run: (app, caller, { query }) => listWallets(app, caller, query),
  answer: (page) => pageReply(page, walletWire),
});

export const post = route(walletsCreate, {
  run: (app, caller, { body }) => addWallet(app, caller, body),
  answer: (wallet) => ({ body: { data: walletWire(wallet) } }),
});
