import { mergesPreview } from '@clientele/contracts/billing/operations/merges.ts';
import { route } from '../../../../../http/route.ts';
import { previewMerge } from '../../../../../modules/merge/index.ts';
import { previewWire } from '../../../wire/merge.ts';

export const post = route(mergesPreview, {
  run: (app, caller, { body }) => previewMerge(app, caller, body),
  answer: (preview) => ({ body: { data: previewWire(preview) } }),
});
