import {
  workspacesDelete,
  workspacesGet,
  workspacesUpdate,
} from '@clientele/contracts/admin/operations/workspaces.ts';
import { nothing, route } from '../../../../http/route.ts';
import {
  deleteWorkspace,
  getWorkspace,
  patchWorkspace,
} from '../../../../modules/workspaces/index.ts';
import { workspaceWire } from '../../wire/workspace.ts';

export const get = route(workspacesGet, {
  run: (app, caller, { params }) => getWorkspace(app, caller, params.id),
  answer: (workspace) => ({ body: workspaceWire(workspace) }),
});

export const patch = route(workspacesUpdate, {
  run: (app, caller, { params, body }) => patchWorkspace(app, caller, params.id, body),
  answer: (workspace) => ({ body: workspaceWire(workspace) }),
});

export const del = route(workspacesDelete, {
  run: (app, caller, { params }) => deleteWorkspace(app, caller, params.id),
  answer: nothing,
});
