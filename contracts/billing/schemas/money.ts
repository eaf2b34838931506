import { type TSchema, Type } from '@sinclair/typebox';
import { nullable } from '../../lib/schema.ts';

export const Money = Type.Object(
  {
    value: Type.String({ description: 'Decimal amount with all digits of the currency' }),
    currency: Type.String({ description: 'ISO 4217 code' }),
  },
  {
    title: 'Money',
    description: 'An amount of money',
    examples: [{ value: '120.00', currency: 'EUR' }],
  },
);

/** An amount on input: a decimal string; a number or a Money object are understood, too. */
export const amountInput = (description: string) =>
  Type.Unsafe<string>({
    type: ['string', 'number', 'object'],
    description,
    examples: ['120.00'],
    'x-money': true,
  });

/** An amount on input that may be absent, or null for none. */
export const optionalAmount = (description: string) =>
  Type.Optional(
    Type.Unsafe<string | null>({
      ...amountInput(description),
      type: ['string', 'number', 'object', 'null'],
    }),
  );

export const optionalMoney = (_description: string) => nullable(Money);

/** The envelope of one object. */
export const dataOf = <T extends TSchema>(item: T) =>
  Type.Object({ data: item }, { title: `${item.title}Envelope`, description: 'One object' });

/** The envelope of a list by cursor. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object(
    {
      data: Type.Array(item),
      pagination: Type.Object(
        {
          next_cursor: nullable(Type.String({ description: 'Where the next page begins' })),
          has_more: Type.Boolean({ description: 'Whether there is a next page' }),
          limit: Type.Integer({ description: 'Rows a page' }),
        },
        { title: 'Pagination', description: 'Where a page stands in its list' },
      ),
    },
    { title: `${item.title}List`, description: 'One page of a list' },
  );

/** The query of every list by cursor. */
export const cursorQuery = {
  limit: Type.Optional(
    Type.Integer({ description: 'Rows a page; 25 unless given', minimum: 1, maximum: 100 }),
  ),
  cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before' })),
};
