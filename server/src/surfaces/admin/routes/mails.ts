import { mailsList } from '@clientele/contracts/admin/operations/upkeep.ts';
import { route } from '../../../http/route.ts';
import { listMails } from '../../../modules/mails/index.ts';

const LARGEST = 1_000;

export const get = route(mailsList, {
  run: (app, caller, { query }) => listMails(app, caller, Math.min(query.limit, LARGEST)),
  answer: (mails) => ({ body: { data: mails } }),
});
