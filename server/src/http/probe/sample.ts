import { randomUUID } from 'node:crypto';
import type { TSchema } from '@sinclair/typebox';

type Path = readonly (string | number)[];

const typeOf = (schema: TSchema): string | undefined =>
  [schema.type].flat().find((t) => t !== 'null') as string | undefined;

function text(schema: TSchema): string {
  if (schema['x-uuid'] !== undefined || schema.format === 'uuid') return randomUUID();
  if (schema['x-email'] !== undefined) return `doctor-${randomUUID()}@doctor.example`;
  if (schema['x-time'] !== undefined || schema.format === 'date-time') {
    return new Date().toISOString();
  }
  if (schema['x-country'] !== undefined) return 'DE';
  return 'doctor'.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength);
}

/** A value that a schema accepts, with nothing in it that is optional. */
export function sample(schema: TSchema): unknown {
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (Array.isArray(schema.examples)) return structuredClone(schema.examples[0]);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const branch = (schema.anyOf ?? schema.oneOf)?.[0];
  if (branch !== undefined) return sample(branch);
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        ((schema.required ?? []) as string[]).map((name) => [
          name,
          sample(schema.properties[name]),
        ]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return false;
    default:
      return text(schema);
  }
}

/** The value with a leaf put at a path; what is missing on the way is made up. */
export function placed(schema: TSchema, value: unknown, path: Path, leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const base = (value ?? sample(schema)) as Record<string | number, unknown>;
  const inner = typeof key === 'number' ? schema.items : schema.properties[key];
  base[key] = placed(inner, base[key], rest, leaf);
  return base;
}

/** Whether a value has something at a path. */
export function has(value: unknown, path: Path): boolean {
  let here = value as Record<string | number, unknown> | undefined;
  for (const key of path) {
    here = here?.[key] as typeof here;
    if (here === undefined || here === null) return false;
  }
  return true;
}
