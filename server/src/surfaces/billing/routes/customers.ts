import {
  customersCreate,
  customersList,
} from '@clientele/contracts/billing/operations/customers.ts';
import { route } from '../../../http/route.ts';
import { createBillingCustomer, listBillingCustomers } from '../../../modules/billing/index.ts';
import { billingCustomerWire, customerReply, pageReply } from '../wire/customer.ts';

export const get = route(customersList, {
  run: (app, caller, { query }) => listBillingCustomers(app, caller, query),
  answer: (page) => pageReply(page, billingCustomerWire),
});

export const post = route(customersCreate, {
  run: (app, caller, { body }) => createBillingCustomer(app, caller, body),
  answer: ({ customer, created }) => ({ status: created ? 201 : 200, ...customerReply(customer) }),
});
