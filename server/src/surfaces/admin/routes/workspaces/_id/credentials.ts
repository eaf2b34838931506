import {
  credentialsCreate,
  credentialsList,
} from '@clientele/contracts/admin/operations/credentials.ts';
import { route } from '../../../../../http/route.ts';
import { issueCredential, listCredentials } from '../../../../../modules/credentials/index.ts';
import { issuedWire } from '../../../wire/workspace.ts';

export const get = route(credentialsList, {
  run: (app, caller, { params }) => listCredentials(app, caller, params.id),
  answer: (credentials) => ({ body: { data: credentials } }),
});

export const post = route(credentialsCreate, {
  run: (app, caller, { params, body }) => issueCredential(app, caller, params.id, body),
  answer: (credential) => ({ body: issuedWire(credential) }),
});
