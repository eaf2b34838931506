import { customersMode } from '@clientele/contracts/billing/operations/customers.ts';
import { route } from '../../../../../http/route.ts';
import { changeMode } from '../../../../../modules/billing/index.ts';
import { customerReply } from '../../../wire/customer.ts';

export const post = route(customersMode, {
  run: (app, caller, { params, body }) => changeMode(app, caller, params.id, body),
  answer: customerReply,
});
