export { deleteWorkspace, patchWorkspace } from './change-workspace.ts';
export {
  createWorkspace,
  getWorkspace,
  listWorkspaces,
  purgeWorkspace,
  requireWorkspace,
} from './manage-workspaces.ts';
export type { Workspace } from './workspace.ts';
