import { customersWallet } from '@clientele/contracts/billing/operations/customers.ts';
import { route } from '../../../../../http/route.ts';
import { getPrimaryWallet } from '../../../../../modules/wallets/index.ts';
import { walletWire } from '../../../wire/wallet.ts';

export const get = route(customersWallet, {
  run: (app, caller, { params }) => getPrimaryWallet(app, caller, params.id),
  answer: (wallet) => ({ body: { data: walletWire(wallet) } }),
});
