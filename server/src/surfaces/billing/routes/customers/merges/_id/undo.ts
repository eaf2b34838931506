import { mergesUndo } from '@clientele/contracts/billing/operations/merges.ts';
import { route } from '../../../../../../http/route.ts';
import { undoMerge } from '../../../../../../modules/merge/index.ts';

export const post = route(mergesUndo, {
  run: (app, caller, { params }) => undoMerge(app, caller, params.id),
  answer: (undone) => ({ body: { data: undone } }),
});
