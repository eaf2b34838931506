import { operation } from '../../lib/operation.ts';
import { PortalCustomer, PortalCustomerUpdate } from '../schemas/customer.ts';
import { anyone, billing } from './common.ts';

const tag = 'Profile';
const oneCustomer = { schema: PortalCustomer, description: 'The customer' };

export const customersMe = operation({
  id: 'customers_me',
  method: 'get',
  path: '/api/customer-portal/customers/me',
  tag,
  summary: 'Get the own profile',
  description: "For a member: the profile of the member's customer.",
  access: anyone,
  success: { status: 200, ...oneCustomer },
  errors: [],
  tagged: true,
});

export const customersMeUpdate = operation({
  id: 'customers_me_update',
  method: 'patch',
  path: '/api/customer-portal/customers/me',
  tag,
  summary: 'Change the own profile',
  access: billing,
  body: PortalCustomerUpdate,
  success: { status: 200, ...oneCustomer },
  errors: [412],
  tagged: true,
});
