import { demoCreate } from '@clientele/contracts/admin/operations/workspaces.ts';
import { route } from '../../../http/route.ts';
import { createDemo } from '../../../modules/demo/index.ts';
import { workspaceWire } from '../wire/workspace.ts';

export const post = route(demoCreate, {
  run: (app, caller, { body }) => createDemo(app, caller, body),
  answer: ({ workspace, token, counts }) => ({
    body: { workspace: workspaceWire(workspace), token, counts },
  }),
});
