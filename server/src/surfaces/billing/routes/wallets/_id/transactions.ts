import { walletsTransactions } from '@clientele/contracts/billing/operations/wallets.ts';
import { route } from '../../../../../http/route.ts';
import { listEntries } from '../../../../../modules/wallets/index.ts';
import { pageReply } from '../../../wire/customer.ts';
import { entryWire } from '../../../wire/wallet.ts';

export const get = route(walletsTransactions, {
  run: (app, caller, { params, query }) => listEntries(app, caller, params.id, query),
  answer: (page) => pageReply(page, entryWire),
});
