import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { CustomerWorkspaceData } from '../schemas/workspace.ts';
import { everyone } from './common.ts';

export const portalWorkspacesGet = operation({
  id: 'workspaces_get',
  method: 'get',
  path: '/api/customer-portal/workspaces/{slug}',
  tag: 'Workspace',
  summary: 'Get the page of a workspace',
  description: 'The workspace and what it offers to everybody.',
  access: everyone,
  params: Type.Object({
    slug: Type.String({ description: 'Name of the workspace in addresses, in any case' }),
  }),
  success: { status: 200, description: 'The page', schema: CustomerWorkspaceData },
  errors: [404],
});
