import {
  customersDeleteExternal,
  customersGetExternal,
  customersUpdateExternal,
} from '@clientele/contracts/workspace/operations/customers.ts';
import { nothing, route } from '../../../../../http/route.ts';
import { getCustomer, updateCustomer } from '../../../../../modules/customers/index.ts';
import { deleteCustomer } from '../../../../../modules/erasure/index.ts';
import { customerReply } from '../../../wire/customer.ts';
import { patchOf } from '../../../wire/patch.ts';

export const get = route(customersGetExternal, {
  run: (app, caller, { params }) => getCustomer(app, caller, { externalId: params.external_id }),
  answer: (customer, { query }) => customerReply(customer, query.include_members),
});

export const patch = route(customersUpdateExternal, {
  run: (app, caller, { params, body }) =>
    updateCustomer(app, caller, { externalId: params.external_id }, patchOf(body, 'external_id')),
  answer: (customer, { query }) => customerReply(customer, query.include_members),
});

export const del = route(customersDeleteExternal, {
  run: (app, caller, { params, query }) =>
    deleteCustomer(app, caller, { externalId: params.external_id }, query),
  answer: nothing,
});
