import {
  paymentMethodsAdd,
  paymentMethodsList,
} from '@clientele/contracts/portal/operations/payment-methods.ts';
import { route } from '../../../http/route.ts';
import { addPaymentMethod, listPaymentMethods } from '../../../modules/payment-methods/index.ts';
import { subjectOf } from '../../../modules/portal-sessions/index.ts';
import { addedWire, paymentMethodWire } from '../wire/payment-method.ts';

export const get = route(paymentMethodsList, {
  run: (app, caller) => listPaymentMethods(app, caller, subjectOf(caller).customerId),
  answer: (methods) => ({ body: methods.map(paymentMethodWire) }),
});

export const post = route(paymentMethodsAdd, {
  run: (app, caller, { body }) => addPaymentMethod(app, caller, subjectOf(caller).customerId, body),
  answer: (added) => ({ body: addedWire(added) }),
});
