import { Type } from '@sinclair/typebox';
import { nullable, time } from '../../lib/schema.ts';

/** An id on output. */
export const identifier = (description: string) => Type.String({ description, format: 'uuid' });

/** An int8 count or position, always exact in JavaScript. */
export const whole = (description: string) => Type.Integer({ description, minimum: 0 });

/** What every stored object shows first. */
export const stored = {
  id: identifier('Unique id'),
  created_at: time('When it was made'),
  modified_at: nullable(time('When it last changed; null until it does')),
};
