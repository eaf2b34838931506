import { type Static, type TSchema, Type } from '@sinclair/typebox';

/**
 * Words our validator understands beyond JSON Schema. They read a value into its normal form
 * (the validator writes it back) or report one issue with a type of the published vocabulary.
 */
export interface Reading {
  /** Any usual spelling of a UUID of this version (0: any version) → lower case with hyphens. */
  'x-uuid'?: 4 | 0;
  /** Syntax of an e-mail address (≤ 254 characters, dotted domain) → domain in lower case. */
  'x-email'?: true;
  /** Trimmed; empty becomes null. */
  'x-blank-null'?: true;
  /** Trimmed, without more. */
  'x-trim'?: true;
  /** Upper-cased, then one of the ISO 3166-1 alpha-2 codes. */
  'x-country'?: true;
  /** An address object: US and CA states get their prefix and must exist (ISO 3166-2). */
  'x-subdivision'?: true;
  /** An item of a query list that is published as one value or a list of this name's values. */
  'x-one-or-list'?: string;
  /** An absolute URL of http or https. */
  'x-url'?: true;
  /** Upper-cased, then an active ISO 4217 code. */
  'x-currency'?: true;
  /** A BCP 47 language tag → its canonical form. */
  'x-locale'?: true;
  /** A decimal, a number or a Money object → the decimal, and its currency after a space. */
  'x-money'?: true;
  /** RFC 3339 time → UTC with milliseconds and Z. */
  'x-time'?: true;
}

/** The schema, or null. One `type` list and no anyOf, so that a caller sees one issue, not two. */
export function nullable<T extends TSchema>(schema: T) {
  const copy: Record<string, unknown> = { ...schema };
  if (Array.isArray(copy.enum)) copy.enum = [...copy.enum, null];
  if (typeof copy.type === 'string') copy.type = [copy.type, 'null'];
  return Type.Unsafe<Static<T> | null>(copy);
}

/** A string that is one of the given words. */
export function words<const W extends readonly string[]>(list: W, options: object = {}) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: [...list], ...options });
}

/** A UUID on input (version 4 unless told otherwise). */
export const uuid = (description: string, version: 4 | 0 = 4) =>
  Type.String({ description, format: 'uuid', 'x-uuid': version });

/** A time on output: RFC 3339, UTC, milliseconds. */
export const time = (description: string) => Type.String({ description, format: 'date-time' });

/** A text that is trimmed and becomes null when nothing is left. */
export const blankNull = (options: object) => Type.String({ ...options, 'x-blank-null': true });

/**
 * A property the validator fills in when it is absent: optional for who sends it, always there
 * for who reads it.
 */
export const defaulted = <T extends TSchema>(schema: T, value: Static<T>): T =>
  Type.Optional({ ...schema, default: value }) as unknown as T;
