import { paymentMethodsRemove } from '@clientele/contracts/portal/operations/payment-methods.ts';
import { nothing, route } from '../../../../http/route.ts';
import { removePaymentMethod } from '../../../../modules/payment-methods/index.ts';
import { subjectOf } from '../../../../modules/portal-sessions/index.ts';

export const del = route(paymentMethodsRemove, {
  run: (app, caller, { params }) =>
    removePaymentMethod(app, caller, subjectOf(caller).customerId, params.id),
  answer: nothing,
});
