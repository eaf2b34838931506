export { createShare, getShare, listShares, patchShare } from './manage-shares.ts';
export { getWorkspacePage } from './workspace-page.ts';
