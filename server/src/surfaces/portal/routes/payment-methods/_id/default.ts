import { paymentMethodsSetDefault } from '@clientele/contracts/portal/operations/payment-methods.ts';
import { route } from '../../../../../http/route.ts';
import { setDefaultMethod } from '../../../../../modules/payment-methods/index.ts';
import { subjectOf } from '../../../../../modules/portal-sessions/index.ts';
import { paymentMethodWire } from '../../../wire/payment-method.ts';

export const post = route(paymentMethodsSetDefault, {
  run: (app, caller, { params }) =>
    setDefaultMethod(app, caller, subjectOf(caller).customerId, params.id),
  answer: (method) => ({ body: paymentMethodWire(method) }),
});
