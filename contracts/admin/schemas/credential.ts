import { Type } from '@sinclair/typebox';
import { defaulted, nullable, time, words } from '../../lib/schema.ts';
import { identifier, stored } from '../../workspace/schemas/stored.ts';

export const CredentialKind = words(['access_token', 'api_key', 'oauth_client', 'secret_key'], {
  title: 'CredentialKind',
  description: 'Which surface it opens: workspace, tenant, partner or billing, in this order',
});

const shared = {
  id: identifier('Unique id'),
  kind: CredentialKind,
  name: Type.String({ description: 'What it is for' }),
  scopes: Type.Array(Type.String(), { description: 'What it may do' }),
};
const expires_at = nullable(time('When it ends; null for never'));

export const Credential = Type.Object(
  {
    ...shared,
    client_id: nullable(Type.String({ description: 'Public id of an OAuth client' })),
    expires_at,
    revoked_at: nullable(time('When it was revoked')),
    last_used_at: nullable(time('When it was last used')),
    created_at: stored.created_at,
  },
  { title: 'Credential', description: 'A credential without its secret' },
);

export const CredentialList = Type.Object(
  { data: Type.Array(Credential) },
  { title: 'CredentialList', description: 'The credentials of a workspace, newest first' },
);

export const CredentialCreate = Type.Object(
  {
    kind: CredentialKind,
    name: Type.String({
      description: 'What it is for',
      minLength: 1,
      maxLength: 200,
      'x-trim': true,
    }),
    scopes: Type.Array(Type.String(), {
      description: 'At least one scope of its surface, or `["*"]` for all of them',
      examples: [['*']],
    }),
    expires_at: Type.Optional(
      nullable(
        Type.String({
          description: 'When it ends; never, if not given',
          format: 'date-time',
          'x-time': true,
        }),
      ),
    ),
  },
  { title: 'CredentialCreate', description: 'A credential to issue' },
);

export const IssuedCredential = Type.Object(
  {
    ...shared,
    expires_at,
    created_at: stored.created_at,
    token: Type.Optional(
      Type.String({ description: 'The secret, shown this once; absent for an OAuth client' }),
    ),
    client_id: Type.Optional(Type.String({ description: 'Public id; OAuth clients only' })),
    client_secret: Type.Optional(
      Type.String({ description: 'The secret, shown this once; OAuth clients only' }),
    ),
  },
  { title: 'IssuedCredential', description: 'A new credential with its secret' },
);

export const CredentialRotate = Type.Object(
  {
    overlap_seconds: defaulted(
      Type.Integer({
        description: 'How long the old secret goes on working, up to a week',
        minimum: 0,
        maximum: 604800,
      }),
      0,
    ),
  },
  { title: 'CredentialRotate', description: 'How to hand over to a new secret' },
);
