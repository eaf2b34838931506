import { customersProviders } from '@clientele/contracts/billing/operations/customers.ts';
import { route } from '../../../../../http/route.ts';
import { changeProviders } from '../../../../../modules/billing/index.ts';
import { customerReply } from '../../../wire/customer.ts';

export const patch = route(customersProviders, {
  run: (app, caller, { params, body }) => changeProviders(app, caller, params.id, body),
  answer: customerReply,
});
