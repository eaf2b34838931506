import { customersGetState } from '@clientele/contracts/workspace/operations/customers.ts';
import { route } from '../../../../../http/route.ts';
import { getCustomerState } from '../../../../../modules/meters/index.ts';
import { stateReply } from '../../../wire/customer.ts';

export const get = route(customersGetState, {
  run: (app, caller, { params }) => getCustomerState(app, caller, { id: params.id }),
  answer: stateReply,
});
