import { operation } from '../../lib/operation.ts';
import { byId, writes } from '../../workspace/operations/common.ts';
import { MergeInput, MergePreview, MergeResult, MergeUndone } from '../schemas/merge.ts';
import { dataOf } from '../schemas/money.ts';

const tag = 'Merges';
const at = (end: string) => `/billing/v1/customers/${end}`;

export const mergesCreate = operation({
  id: 'merges_create',
  method: 'post',
  path: at('merge'),
  tag,
  summary: 'Make one customer part of another',
  description:
    'All of it or nothing. Everything that points at the source points at the target then, its ' +
    'money is moved by new entries of the ledger, and its id leads to the target.',
  access: writes('customers'),
  body: MergeInput,
  success: { status: 200, description: 'What was moved', schema: dataOf(MergeResult) },
  errors: [400, 404, 409],
});

export const mergesPreview = operation({
  id: 'merges_preview',
  method: 'post',
  path: at('merge/preview'),
  tag,
  summary: 'See what a merge would do',
  description: 'Does the merge and takes it back: nothing is written.',
  access: writes('customers'),
  body: MergeInput,
  success: { status: 200, description: 'What would be moved', schema: dataOf(MergePreview) },
  errors: [400, 404],
});

export const mergesUndo = operation({
  id: 'merges_undo',
  method: 'post',
  path: at('merges/{id}/undo'),
  tag,
  summary: 'Undo a merge',
  description:
    'Within 30 days. What was moved goes back, what happened since stays with the target, and ' +
    'what cannot be split is told.',
  access: writes('customers'),
  params: byId('merge'),
  success: { status: 200, description: 'What was undone', schema: dataOf(MergeUndone) },
  errors: [400, 404, 409],
});
