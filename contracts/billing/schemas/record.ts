import { Type } from '@sinclair/typebox';
import { nullable, time, uuid, words } from '../../lib/schema.ts';
import { MetadataInput, MetadataOutput } from '../../workspace/schemas/metadata.ts';
import { identifier } from '../../workspace/schemas/stored.ts';
import { optionalAmount, optionalMoney } from './money.ts';

const RecordKind = words(['invoice', 'promotion_redemption', 'price'], {
  title: 'RecordKind',
  description: 'What another system holds',
});

export const CustomerRecord = Type.Object(
  {
    id: identifier('Unique id'),
    customer_id: identifier('Whose it is'),
    kind: RecordKind,
    external_id: Type.String({ description: 'Its id in the other system' }),
    amount: optionalMoney('How much it is about'),
    occurred_at: time('When it happened'),
    metadata: MetadataOutput,
    created_at: time('When it was first sent'),
    updated_at: time('When it last changed'),
  },
  { title: 'CustomerRecord', description: 'What another system holds about a customer' },
);

const fields = {
  external_id: Type.String({
    description: 'Its id in the other system; one per workspace and kind',
    minLength: 1,
    maxLength: 255,
    'x-trim': true,
  }),
  amount: optionalAmount('How much it is about; below zero for what is given back'),
  currency: Type.Optional(
    nullable(
      Type.String({
        description: 'ISO 4217 code of the amount; that of the customer unless given',
        'x-currency': true,
        examples: ['EUR'],
      }),
    ),
  ),
  occurred_at: Type.Optional(
    nullable(
      Type.String({
        description: 'When it happened; now unless given',
        format: 'date-time',
        'x-time': true,
      }),
    ),
  ),
  metadata: Type.Optional(MetadataInput),
};

export const RecordInput = Type.Object(
  { kind: RecordKind, ...fields },
  { title: 'RecordInput', description: 'A record to keep, or to change by its external id' },
);

/** One row of an import. */
export const RecordRow = Type.Object(
  {
    kind: RecordKind,
    ...fields,
    customer_id: Type.Optional(nullable(uuid('Whose it is'))),
    customer_external_id: Type.Optional(
      nullable(Type.String({ description: 'Whose it is, by the id in your own system' })),
    ),
  },
  { title: 'RecordRow', description: 'A row of an import of records' },
);

export const recordKind = Type.Optional(RecordKind);
export const recordKinds = Type.Optional(
  Type.Array(Type.String(), { description: 'Any of these; repeated or separated by commas' }),
);
