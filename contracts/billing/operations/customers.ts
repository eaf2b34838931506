import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { byId, reads, writes } from '../../workspace/operations/common.ts';
import {
  BillingCustomer,
  BillingCustomerCreate,
  BillingCustomerUpdate,
  ModeChange,
  ProviderSettings,
  statusFilter,
  TypeChange,
  tagsFilter,
} from '../schemas/customer.ts';
import { cursorQuery, dataOf, listOf } from '../schemas/money.ts';
import { Wallet } from '../schemas/wallet.ts';

const tag = 'Customers';
const one = byId('customer');
const oneCustomer = { schema: dataOf(BillingCustomer), description: 'The customer' };
const at = (end: string) => `/billing/v1/customers${end}`;

export const customersList = operation({
  id: 'customers_list',
  method: 'get',
  path: at(''),
  tag,
  summary: 'List customers',
  description: 'Newest first. Archived customers are listed where the status asks for them.',
  access: reads('customers'),
  query: Type.Object({ ...cursorQuery, status: statusFilter, tags: tagsFilter }),
  success: { status: 200, description: 'A page of customers', schema: listOf(BillingCustomer) },
  errors: [400],
});

export const customersCreate = operation({
  id: 'customers_create',
  method: 'post',
  path: at(''),
  tag,
  summary: 'Create a customer with its wallet, or update it by external_id',
  description: 'Answers 200 where a customer with this external_id was there and was updated.',
  access: writes('customers'),
  body: BillingCustomerCreate,
  success: { status: 201, ...oneCustomer },
  alsoAnswers: [200],
  errors: [400, 409],
  tagged: true,
});

export const customersGet = operation({
  id: 'customers_get',
  method: 'get',
  path: at('/{id}'),
  tag,
  summary: 'Get a customer',
  description: 'One that was deleted or merged is still shown, with its status.',
  access: reads('customers'),
  params: one,
  success: { status: 200, ...oneCustomer },
  errors: [400, 404],
  tagged: true,
});

const update = {
  path: at('/{id}'),
  tag,
  access: writes('customers'),
  params: one,
  body: BillingCustomerUpdate,
  success: { status: 200, ...oneCustomer },
  errors: [400, 404, 409, 412],
  tagged: true,
} as const;

export const customersUpdate = operation({
  id: 'customers_update',
  method: 'put',
  summary: 'Change a customer',
  ...update,
});
export const customersPatch = operation({
  id: 'customers_patch',
  method: 'patch',
  summary: 'Change a customer; the same as PUT',
  ...update,
});

const change = {
  tag,
  access: writes('customers'),
  params: one,
  success: { status: 200, ...oneCustomer },
  errors: [400, 404, 409, 412],
  tagged: true,
} as const;

export const customersMode = operation({
  id: 'customers_mode',
  method: 'post',
  path: at('/{id}/mode'),
  summary: 'Change the billing mode',
  description: 'Holds for what comes: no balance is moved or computed anew.',
  body: ModeChange,
  ...change,
});
export const customersType = operation({
  id: 'customers_type',
  method: 'post',
  path: at('/{id}/type'),
  summary: 'Change the tax type',
  body: TypeChange,
  ...change,
});
export const customersProviders = operation({
  id: 'customers_providers',
  method: 'patch',
  path: at('/{id}/payment-providers'),
  summary: 'Choose payment providers',
  body: ProviderSettings,
  ...change,
});

export const customersWallet = operation({
  id: 'customers_wallet',
  method: 'get',
  path: at('/{id}/wallet'),
  tag,
  summary: 'Get the primary wallet',
  access: reads('wallets'),
  params: one,
  success: { status: 200, description: 'The wallet', schema: dataOf(Wallet) },
  errors: [400, 404],
});
