import { Type } from '@sinclair/typebox';
import { nullable } from '../../lib/schema.ts';
import { emailInput } from '../../workspace/schemas/member.ts';
import { pageOf } from '../../workspace/schemas/page.ts';
import { WorkspaceCustomerPortalSettings } from '../../workspace/schemas/portal-settings.ts';
import { stored, whole } from '../../workspace/schemas/stored.ts';

const { id, created_at, modified_at } = stored;
const nameInput = Type.String({
  description: 'Name',
  minLength: 1,
  maxLength: 200,
  'x-trim': true,
});
const slugInput = Type.String({
  description: 'Name in addresses, unique here; kept in lower case',
  minLength: 1,
  maxLength: 63,
  pattern: '^[A-Za-z0-9](-?[A-Za-z0-9])*$',
});

const urlInput = (description: string) =>
  Type.Optional(
    nullable(
      Type.String({ description, minLength: 1, maxLength: 2083, format: 'uri', 'x-url': true }),
    ),
  );

export const Workspace = Type.Object(
  {
    id,
    slug: Type.String({ description: 'Name in addresses' }),
    name: Type.String({ description: 'Name' }),
    blocked: Type.Boolean({ description: 'Whether all access is shut' }),
    created_at,
    modified_at,
    avatar_url: nullable(Type.String({ description: 'Its picture, shown on its page' })),
    email: nullable(Type.String({ description: 'Where to reach it; not shown on its page' })),
    website: nullable(Type.String({ description: 'Its website; not shown on its page' })),
    customer_portal_settings: WorkspaceCustomerPortalSettings,
    customers: whole('Customers that lists show'),
  },
  { title: 'Workspace', description: 'A company whose customers are kept here' },
);

export const WorkspacePage = pageOf(Workspace);

export const WorkspaceCreate = Type.Object(
  { name: nameInput, slug: slugInput },
  { title: 'WorkspaceCreate', description: 'A workspace to make' },
);

export const WorkspaceUpdate = Type.Object(
  {
    name: Type.Optional(nameInput),
    slug: Type.Optional(slugInput),
    blocked: Type.Optional(
      Type.Boolean({ description: 'True shuts out its credentials and sessions at once' }),
    ),
    avatar_url: urlInput('Its picture (http or https)'),
    email: Type.Optional(nullable(emailInput)),
    website: urlInput('Its website (http or https)'),
    customer_portal_settings: Type.Optional(WorkspaceCustomerPortalSettings),
  },
  { title: 'WorkspaceUpdate', description: 'What to change; an absent field stays' },
);

export const DemoCreate = Type.Object(
  { name: Type.Optional(nameInput), slug: Type.Optional(slugInput) },
  { title: 'DemoCreate', description: 'How to call the demo workspace; `{}` is enough' },
);

export const Demo = Type.Object(
  {
    workspace: Workspace,
    token: Type.String({ description: 'An access token for all of it, shown this once' }),
    counts: Type.Unsafe<Record<string, number>>({
      type: 'object',
      additionalProperties: { type: 'integer' },
      description: 'How many of each thing were made',
    }),
  },
  { title: 'Demo', description: 'A workspace filled with made-up customers' },
);
