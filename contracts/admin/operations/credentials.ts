import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import { byId } from '../../workspace/operations/common.ts';
import {
  CredentialCreate,
  CredentialList,
  CredentialRotate,
  IssuedCredential,
} from '../schemas/credential.ts';

const tag = 'Credentials';
const access = { by: 'root' } as const;
const ofWorkspace = byId('workspace');
const one = Type.Object({
  id: uuid('Id of the workspace'),
  credential_id: uuid('Id of the credential'),
});
const issued = {
  status: 201,
  description: 'The credential with its secret',
  schema: IssuedCredential,
} as const;

export const credentialsList = operation({
  id: 'credentials_list',
  method: 'get',
  path: '/admin/v1/workspaces/{id}/credentials',
  tag,
  summary: 'List the credentials of a workspace',
  description: 'Ended ones too; no secret can be read back.',
  access,
  params: ofWorkspace,
  success: { status: 200, description: 'The credentials', schema: CredentialList },
  errors: [404],
});

export const credentialsCreate = operation({
  id: 'credentials_create',
  method: 'post',
  path: '/admin/v1/workspaces/{id}/credentials',
  tag,
  summary: 'Issue a credential',
  description: 'The secret is in this answer and nowhere else: a keyed hash alone is kept.',
  access,
  params: ofWorkspace,
  body: CredentialCreate,
  success: issued,
  errors: [404],
});

export const credentialsRevoke = operation({
  id: 'credentials_revoke',
  method: 'delete',
  path: '/admin/v1/workspaces/{id}/credentials/{credential_id}',
  tag,
  summary: 'Revoke a credential',
  description: 'Takes effect at once.',
  access,
  params: one,
  success: { status: 204, description: 'Revoked' },
  errors: [404],
});

export const credentialsRotate = operation({
  id: 'credentials_rotate',
  method: 'post',
  path: '/admin/v1/workspaces/{id}/credentials/{credential_id}/rotate',
  tag,
  summary: 'Replace a credential',
  description: 'Issues a successor with the same rights and ends the old one, now or later.',
  access,
  params: one,
  body: CredentialRotate,
  success: issued,
  errors: [404],
});
