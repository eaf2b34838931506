import { customersType } from '@clientele/contracts/billing/operations/customers.ts';
import { route } from '../../../../../http/route.ts';
import { changeType } from '../../../../../modules/billing/index.ts';
import { customerReply } from '../../../wire/customer.ts';

export const post = route(customersType, {
  run: (app, caller, { params, body }) => changeType(app, caller, params.id, body),
  answer: customerReply,
});
