import {
  fileSharingPaymentsCreate,
  fileSharingPaymentsList,
} from '@clientele/contracts/workspace/operations/file-sharing.ts';
import { route } from '../../../../../../http/route.ts';
import { addPayment, listPayments } from '../../../../../../modules/file-sharing/index.ts';

export const get = route(fileSharingPaymentsList, {
  run: (app, caller, { params }) => listPayments(app, caller, params.id),
  answer: (payments) => ({ body: payments }),
});

export const post = route(fileSharingPaymentsCreate, {
  run: (app, caller, { params, body }) => addPayment(app, caller, params.id, body),
  answer: (payment) => ({ body: payment }),
});
