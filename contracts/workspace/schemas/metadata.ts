import { Type } from '@sinclair/typebox';

type Metadata = Record<string, string | number | boolean>;

export const MetadataInput = Type.Unsafe<Metadata>({
  title: 'MetadataInput',
  description: 'Up to 50 pairs of your own; the JSON type of each value is kept',
  type: 'object',
  maxProperties: 50,
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: {
    anyOf: [
      { type: 'string', minLength: 1, maxLength: 500, 'x-branch': 'constrained-str' },
      { type: 'integer', 'x-branch': 'int' },
      { type: 'number', 'x-branch': 'float' },
      { type: 'boolean', 'x-branch': 'bool' },
    ],
  },
});

export const MetadataOutput = Type.Unsafe<Metadata>({
  title: 'MetadataOutput',
  description: 'The pairs as they were given; empty when there are none',
  type: 'object',
  additionalProperties: true,
});
