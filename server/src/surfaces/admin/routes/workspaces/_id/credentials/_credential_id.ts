import { credentialsRevoke } from '@clientele/contracts/admin/operations/credentials.ts';
import { nothing, route } from '../../../../../../http/route.ts';
import { revokeCredential } from '../../../../../../modules/credentials/index.ts';

export const del = route(credentialsRevoke, {
  run: (app, caller, { params }) => revokeCredential(app, caller, params.id, params.credential_id),
  answer: nothing,
});
