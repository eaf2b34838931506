import { Type } from '@sinclair/typebox';
import { pageOf } from '../../workspace/schemas/page.ts';
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

export const Workspace = Type.Object(
  {
    id,
    slug: Type.String({ description: 'Name in addresses' }),
    name: Type.String({ description: 'Name' }),
    blocked: Type.Boolean({ description: 'Whether all access is shut' }),
    created_at,
    modified_at,
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
