export {
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
  patchWorkspace,
  purgeWorkspace,
  requireWorkspace,
} from './manage-workspaces.ts';
export type { Workspace } from './workspace.ts';
