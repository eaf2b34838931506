import { Type } from '@sinclair/typebox';
import { blankNull, nullable } from '../../lib/schema.ts';

const line = (description: string) => nullable(Type.String({ description }));
const optionalLine = (description: string) =>
  Type.Optional(nullable(blankNull({ description: `${description}; blank means none` })));

export const Address = Type.Object(
  {
    line1: line('First address line'),
    line2: line('Second address line'),
    postal_code: line('Postal code'),
    city: line('City'),
    state: line('State or region; with its country prefix in the US and Canada'),
    country: line('ISO 3166-1 alpha-2 country code'),
  },
  { title: 'Address', description: 'A postal address' },
);

export const AddressInput = Type.Object(
  {
    line1: optionalLine('First address line'),
    line2: optionalLine('Second address line'),
    postal_code: optionalLine('Postal code'),
    city: optionalLine('City'),
    state: optionalLine('State or region; in the US and Canada an ISO 3166-2 code'),
    country: Type.String({
      description: 'ISO 3166-1 alpha-2 country code, in any case',
      examples: ['DE'],
      'x-country': true,
    }),
  },
  { title: 'AddressInput', description: 'A postal address', 'x-subdivision': true },
);
