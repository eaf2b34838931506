import { credentialsRotate } from '@clientele/contracts/admin/operations/credentials.ts';
import { route } from '../../../../../../../http/route.ts';
import { rotateCredential } from '../../../../../../../modules/credentials/index.ts';
import { issuedWire } from '../../../../../wire/workspace.ts';

export const post = route(credentialsRotate, {
  run: (app, caller, { params, body }) =>
    rotateCredential(app, caller, params.id, params.credential_id, body.overlap_seconds),
  answer: (credential) => ({ body: issuedWire(credential) }),
});
