import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { byId } from '../../workspace/operations/common.ts';
import { pageQuery } from '../../workspace/schemas/page.ts';
import {
  Demo,
  DemoCreate,
  Workspace,
  WorkspaceCreate,
  WorkspacePage,
  WorkspaceUpdate,
} from '../schemas/workspace.ts';

const tag = 'Workspaces';
const access = { by: 'root' } as const;
const one = byId('workspace');
const oneWorkspace = { schema: Workspace, description: 'The workspace' };

export const workspacesList = operation({
  id: 'workspaces_list',
  method: 'get',
  path: '/admin/v1/workspaces',
  tag,
  summary: 'List workspaces',
  description: 'Newest first.',
  access,
  query: Type.Object({
    ...pageQuery,
    slug: Type.Optional(Type.String({ description: 'Exact slug, ignoring case' })),
  }),
  success: { status: 200, description: 'A page of workspaces', schema: WorkspacePage },
  errors: [],
});

export const workspacesCreate = operation({
  id: 'workspaces_create',
  method: 'post',
  path: '/admin/v1/workspaces',
  tag,
  summary: 'Create a workspace',
  access,
  body: WorkspaceCreate,
  success: { status: 201, ...oneWorkspace },
  errors: [],
});

export const workspacesGet = operation({
  id: 'workspaces_get',
  method: 'get',
  path: '/admin/v1/workspaces/{id}',
  tag,
  summary: 'Get a workspace',
  access,
  params: one,
  success: { status: 200, ...oneWorkspace },
  errors: [404],
});

export const workspacesUpdate = operation({
  id: 'workspaces_update',
  method: 'patch',
  path: '/admin/v1/workspaces/{id}',
  tag,
  summary: 'Change, block or unblock a workspace',
  access,
  params: one,
  body: WorkspaceUpdate,
  success: { status: 200, ...oneWorkspace },
  errors: [404],
});

export const workspacesDelete = operation({
  id: 'workspaces_delete',
  method: 'delete',
  path: '/admin/v1/workspaces/{id}',
  tag,
  summary: 'Delete a workspace',
  description: 'Its slug is free again and every credential of it ends.',
  access,
  params: one,
  success: { status: 204, description: 'Deleted' },
  errors: [404],
});

export const demoCreate = operation({
  id: 'demo_create',
  method: 'post',
  path: '/admin/v1/demo',
  tag,
  summary: 'Create a demo workspace',
  description: 'Fills it with made-up customers, the awkward kinds included.',
  access,
  body: DemoCreate,
  success: { status: 201, description: 'The workspace and a token for it', schema: Demo },
  errors: [],
});
