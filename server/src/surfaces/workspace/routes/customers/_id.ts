import {
  customersDelete,
  customersGet,
  customersUpdate,
} from '@clientele/contracts/workspace/operations/customers.ts';
import { nothing, route } from '../../../../http/route.ts';
import { getCustomer, updateCustomer } from '../../../../modules/customers/index.ts';
import { deleteCustomer } from '../../../../modules/erasure/index.ts';
import { customerReply } from '../../wire/customer.ts';
import { patchOf } from '../../wire/patch.ts';

export const get = route(customersGet, {
  run: (app, caller, { params }) => getCustomer(app, caller, { id: params.id }),
  answer: (customer, { query }) => customerReply(customer, query.include_members),
});

export const patch = route(customersUpdate, {
  run: (app, caller, { params, body }) =>
    updateCustomer(app, caller, { id: params.id }, patchOf(body, 'id')),
  answer: (customer, { query }) => customerReply(customer, query.include_members),
});

export const del = route(customersDelete, {
  run: (app, caller, { params, query }) => deleteCustomer(app, caller, { id: params.id }, query),
  answer: nothing,
});
