import type { TSchema } from '@sinclair/typebox';
import fastJson from 'fast-json-stringify';

const compiled = new WeakMap<TSchema, (value: unknown) => string>();

/**
 * Writes a value as its contract's schema says; what the schema does not name is left out, so a
 * new column never leaks through an old contract. Compiled at first use.
 */
export function serialise(schema: TSchema, value: unknown): string {
  let write = compiled.get(schema);
  if (write === undefined) {
    write = fastJson(schema as never) as (value: unknown) => string;
    compiled.set(schema, write);
  }
  return write(value);
}
