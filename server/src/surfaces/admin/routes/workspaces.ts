import {
  workspacesCreate,
  workspacesList,
} from '@clientele/contracts/admin/operations/workspaces.ts';
import { pageWire } from '../../../http/page-wire.ts';
import { route } from '../../../http/route.ts';
import { createWorkspace, listWorkspaces } from '../../../modules/workspaces/index.ts';
import { workspaceWire } from '../wire/workspace.ts';

export const get = route(workspacesList, {
  run: (app, caller, { query }) => listWorkspaces(app, caller, query),
  answer: (found, { query }) => ({ body: pageWire(found, query, workspaceWire) }),
});

export const post = route(workspacesCreate, {
  run: (app, caller, { body }) =>
    createWorkspace(app, caller, { name: body.name, slug: body.slug }),
  answer: (workspace) => ({ body: workspaceWire(workspace) }),
});
