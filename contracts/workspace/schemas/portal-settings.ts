import { Type } from '@sinclair/typebox';

export const CustomerPortalUsageSettings = Type.Object(
  { show: Type.Boolean({ description: 'Whether customers see their usage' }) },
  { title: 'CustomerPortalUsageSettings', description: 'How usage shows in the portal' },
);

export const WorkspaceCustomerPortalSettings = Type.Object(
  { usage: CustomerPortalUsageSettings },
  { title: 'WorkspaceCustomerPortalSettings', description: 'What the portal shows' },
);
