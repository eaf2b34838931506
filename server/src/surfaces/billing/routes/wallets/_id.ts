import { walletsGet } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../http/route.ts';
import { getWallet } from '../../../../modules/wallets/index.ts';
import { walletWire } from '../../wire/wallet.ts';

export const get = route(walletsGet, {
  run: (app, caller, { params }) => getWallet(app, caller, params.id),
  answer: (wallet) => ({ body: { data: walletWire(wallet) } }),
});
