import { portalFileSharingPaymentsList } from '@clientele/contracts/portal/operations/file-sharing.ts';
import { route } from '../../../../../../http/route.ts';
import { listPayments } from '../../../../../../modules/file-sharing/index.ts';

export const get = route(portalFileSharingPaymentsList, {
  run: (app, caller, { params }) => listPayments(app, caller, params.id),
  answer: (payments) => ({ body: payments }),
});
