import { customersGetStateExternal } from '@clientele/contracts/workspace/operations/customers.ts';
import { route } from '../../../../../../http/route.ts';
import { getCustomerState } from '../../../../../../modules/meters/index.ts';
import { stateReply } from '../../../../wire/customer.ts';

export const get = route(customersGetStateExternal, {
  run: (app, caller, { params }) =>
    getCustomerState(app, caller, { externalId: params.external_id }),
  answer: stateReply,
});
