import { fileSharingPaymentsUpdate } from '@clientele/contracts/workspace/operations/file-sharing.ts';
import { route } from '../../../../../../../http/route.ts';
import { changePayment } from '../../../../../../../modules/file-sharing/index.ts';

export const patch = route(fileSharingPaymentsUpdate, {
  run: (app, caller, { params, body }) =>
    changePayment(app, caller, { sessionId: params.id, paymentId: params.payment_id }, body.status),
  answer: (payment) => ({ body: payment }),
});
