export { mergeClaims } from './claims.ts';
export type { Counts, Merged } from './merge.ts';
export { type Blocker, mergeCustomers, type Preview, previewMerge } from './merge-customers.ts';
export { type Undone, undoMerge } from './undo-merge.ts';
