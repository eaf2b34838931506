import { Type } from '@sinclair/typebox';
import { defaulted, nullable, words } from '../../lib/schema.ts';
import { stored } from '../../workspace/schemas/stored.ts';

const setDefault = defaulted(
  Type.Boolean({ description: 'Whether it becomes the default method' }),
  true,
);

export const PaymentMethod = Type.Object(
  {
    ...stored,
    processor: words(['stripe'], {
      title: 'PaymentProcessor',
      description: 'Who keeps the method',
    }),
    type: Type.String({ description: 'Kind of method, in the words of the processor: card…' }),
    brand: nullable(Type.String({ description: 'Brand of a card' })),
    last4: nullable(Type.String({ description: 'Last four digits' })),
    exp_month: nullable(Type.Integer({ description: 'Month in which a card expires' })),
    exp_year: nullable(Type.Integer({ description: 'Year in which a card expires' })),
    is_default: Type.Boolean({ description: 'Whether it is charged unless another is named' }),
  },
  { title: 'PaymentMethodSchema', description: 'A saved way to pay' },
);

export const PaymentMethodCreate = Type.Object(
  {
    confirmation_token_id: Type.String({
      description: 'The confirmation token that the payment form made',
      minLength: 1,
      maxLength: 255,
    }),
    set_default: setDefault,
    return_url: Type.String({
      description:
        'Where the bank sends the customer back to; a place that is not known becomes the portal',
      maxLength: 2083,
    }),
  },
  { title: 'PaymentMethodCreate', description: 'A payment method to add' },
);

export const PaymentMethodConfirm = Type.Object(
  {
    setup_intent_id: Type.String({
      description: 'The set-up that the customer went through',
      minLength: 1,
      maxLength: 255,
    }),
    set_default: setDefault,
  },
  { title: 'PaymentMethodConfirm', description: 'A set-up to confirm' },
);

const Succeeded = Type.Object(
  {
    status: Type.Literal('succeeded', { type: 'string' }),
    payment_method: PaymentMethod,
  },
  { title: 'PaymentMethodCreateSucceededResponse', description: 'The method is saved' },
);

const RequiresAction = Type.Object(
  {
    status: Type.Literal('requires_action', { type: 'string' }),
    client_secret: Type.String({ description: 'With it the payment form goes on with the bank' }),
  },
  {
    title: 'PaymentMethodCreateRequiresActionResponse',
    description: 'The customer has to go on with its bank; nothing is saved yet',
  },
);

export const PaymentMethodAdded = Type.Union([Succeeded, RequiresAction]);
