import { Type } from '@sinclair/typebox';
import { nullable } from '../../lib/schema.ts';
import { WorkspaceCustomerPortalSettings } from '../../workspace/schemas/portal-settings.ts';
import { Share } from '../../workspace/schemas/share.ts';
import { stored } from '../../workspace/schemas/stored.ts';

export const CustomerWorkspaceFeatureSettings = Type.Object(
  { member_model_enabled: Type.Boolean({ description: 'Whether teams have members; always' }) },
  { title: 'CustomerWorkspaceFeatureSettings', description: 'What the workspace can do' },
);

export const CustomerWorkspace = Type.Object(
  {
    ...stored,
    name: Type.String({ description: 'Name' }),
    slug: Type.String({ description: 'Name in addresses' }),
    avatar_url: nullable(Type.String({ description: 'Its picture' })),
    customer_portal_settings: WorkspaceCustomerPortalSettings,
    workspace_features: CustomerWorkspaceFeatureSettings,
  },
  { title: 'CustomerWorkspace', description: 'A workspace, as everybody sees it' },
);

export const CustomerWorkspaceData = Type.Object(
  { workspace: CustomerWorkspace, shares: Type.Array(Share) },
  { title: 'CustomerWorkspaceData', description: 'The page of a workspace' },
);
