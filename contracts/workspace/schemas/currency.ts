import { Type } from '@sinclair/typebox';
import { words } from '../../lib/schema.ts';

/** A text on output. */
export const text = (description: string) => Type.String({ description });

export const PresentmentCurrency = words(
  ['aud', 'brl', 'cad', 'chf', 'eur', 'inr', 'gbp', 'jpy', 'sek', 'usd'],
  { title: 'PresentmentCurrency', description: 'A currency that prices are shown in' },
);
