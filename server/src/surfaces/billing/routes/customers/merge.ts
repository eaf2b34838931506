import { mergesCreate } from '@clientele/contracts/billing/operations/merges.ts';
import { route } from '../../../../http/route.ts';
import { mergeCustomers } from '../../../../modules/merge/index.ts';
import { mergeWire } from '../../wire/merge.ts';

export const post = route(mergesCreate, {
  run: (app, caller, { body }) => mergeCustomers(app, caller, body),
  answer: (merged) => ({ body: { data: mergeWire(merged) } }),
});
