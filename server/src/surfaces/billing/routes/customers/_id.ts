import {
  customersGet,
  customersPatch,
  customersUpdate,
} from '@clientele/contracts/billing/operations/customers.ts';
import { route } from '../../../../http/route.ts';
import { getBillingCustomer, updateBillingCustomer } from '../../../../modules/billing/index.ts';
import { customerReply } from '../../wire/customer.ts';

export const get = route(customersGet, {
  run: (app, caller, { params }) => getBillingCustomer(app, caller, params.id),
  answer: customerReply,
});

export const put = route(customersUpdate, {
  run: (app, caller, { params, body }) => updateBillingCustomer(app, caller, params.id, body),
  answer: customerReply,
});

export const patch = route(customersPatch, {
  run: (app, caller, { params, body }) => updateBillingCustomer(app, caller, params.id, body),
  answer: customerReply,
});
