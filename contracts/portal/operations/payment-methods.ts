import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import {
  PaymentMethod,
  PaymentMethodAdded,
  PaymentMethodConfirm,
  PaymentMethodCreate,
} from '../schemas/payment-method.ts';
import { billing } from './common.ts';

const tag = 'Payment methods';
const one = Type.Object({ id: uuid('Id of the payment method') });
const path = (end: string) => `/api/customer-portal/payment-methods${end}`;
const added = {
  status: 201,
  description: 'The saved method, or how to go on with the bank',
  schema: PaymentMethodAdded,
} as const;

export const paymentMethodsList = operation({
  id: 'payment_methods_list',
  method: 'get',
  path: path(''),
  tag,
  summary: 'List payment methods',
  access: billing,
  success: { status: 200, description: 'Newest first', schema: Type.Array(PaymentMethod) },
  errors: [],
});

export const paymentMethodsAdd = operation({
  id: 'payment_methods_add',
  method: 'post',
  path: path(''),
  tag,
  summary: 'Add a payment method',
  description:
    'Where the bank asks for more, the answer carries a client secret; afterwards the set-up is ' +
    'confirmed.',
  access: billing,
  body: PaymentMethodCreate,
  success: added,
  errors: [400, 502],
});

export const paymentMethodsConfirm = operation({
  id: 'payment_methods_confirm',
  method: 'post',
  path: path('/confirm'),
  tag,
  summary: 'Save the method of a set-up that went through',
  description: 'Confirming again gives the same method.',
  access: billing,
  body: PaymentMethodConfirm,
  success: added,
  errors: [400, 502],
});

export const paymentMethodsRemove = operation({
  id: 'payment_methods_remove',
  method: 'delete',
  path: path('/{id}'),
  tag,
  summary: 'Remove a payment method',
  description: 'After the default was removed there is none until one is chosen.',
  access: billing,
  params: one,
  success: { status: 204, description: 'Removed' },
  errors: [502],
});

export const paymentMethodsSetDefault = operation({
  id: 'payment_methods_set_default',
  method: 'post',
  path: path('/{id}/default'),
  tag,
  summary: 'Make a payment method the default',
  access: billing,
  params: one,
  success: { status: 200, description: 'The method', schema: PaymentMethod },
  errors: [404, 502],
});
