import { paymentMethodsConfirm } from '@clientele/contracts/portal/operations/payment-methods.ts';
import { route } from '../../../../http/route.ts';
import { confirmPaymentMethod } from '../../../../modules/payment-methods/index.ts';
import { subjectOf } from '../../../../modules/portal-sessions/index.ts';
import { addedWire } from '../../wire/payment-method.ts';

export const post = route(paymentMethodsConfirm, {
  run: (app, caller, { body }) =>
    confirmPaymentMethod(app, caller, subjectOf(caller).customerId, body),
  answer: (added) => ({ body: addedWire(added) }),
});
