import { portalWorkspacesGet } from '@clientele/contracts/portal/operations/workspaces.ts';
import { route } from '../../../../http/route.ts';
import { getWorkspacePage } from '../../../../modules/shares/index.ts';

export const get = route(portalWorkspacesGet, {
  run: (app, caller, { params }) => getWorkspacePage(app, caller, params.slug),
  answer: ({ workspace, shares }) => ({
    body: {
      workspace: { ...workspace, workspace_features: { member_model_enabled: true } },
      shares,
    },
  }),
});
