import type { ErrorObject } from 'ajv';
import type { Issue } from '../kernel/errors.ts';

type In = Issue['in'];
type Json = Record<string, unknown>;

/** No answer lists more issues than this, however broken the input is. */
const MOST_ISSUES = 100;

const SUMMARIES = new Set(['anyOf', 'propertyNames', 'if', 'not']);

function pathOf(pointer: string, root: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let here = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(here) ? Number(key) : key);
    here = (here as Json | undefined)?.[key];
  }
  return path;
}

const list = (names: unknown[]) => {
  const all = names.filter((n) => n !== null).map((n) => `'${String(n)}'`);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
};

type Described = Pick<Issue, 'type' | 'message' | 'ctx'>;

function wrongType(error: ErrorObject, where: In): Described {
  const schema = error.parentSchema as Json;
  const wanted = [schema.type].flat().find((t) => t !== 'null');
  const text = where !== 'body' && typeof error.data === 'string';
  switch (wanted) {
    case 'string':
      return { type: 'string_type', message: 'Must be a string' };
    case 'integer':
      if (text) return { type: 'int_parsing', message: 'Must be a whole number' };
      return typeof error.data === 'number'
        ? { type: 'int_from_float', message: 'Must be a whole number' }
        : { type: 'int_type', message: 'Must be a whole number' };
    case 'number':
      return { type: text ? 'float_parsing' : 'float_type', message: 'Must be a number' };
    case 'boolean':
      return { type: text ? 'bool_parsing' : 'bool_type', message: 'Must be true or false' };
    case 'array':
      return { type: 'list_type', message: 'Must be a list' };
    default:
      return schema.properties === undefined
        ? { type: 'dict_type', message: 'Must be an object' }
        : { type: 'model_attributes_type', message: 'Must be an object' };
  }
}

function describe(error: ErrorObject, where: In): Described {
  const params = error.params as Json;
  const limit = params.limit;
  switch (error.keyword) {
    case 'required':
      return { type: 'missing', message: 'This field is required' };
    case 'type':
      return wrongType(error, where);
    case 'enum': {
      const expected = list(params.allowedValues as unknown[]);
      return { type: 'enum', message: `Must be ${expected}`, ctx: { expected } };
    }
    case 'minLength':
      return {
        type: 'string_too_short',
        message: `Must have at least ${limit} character(s)`,
        ctx: { min_length: limit },
      };
    case 'maxLength':
      return {
        type: 'string_too_long',
        message: `Must have at most ${limit} character(s)`,
        ctx: { max_length: limit },
      };
    case 'pattern':
      return {
        type: 'string_pattern_mismatch',
        message: 'Does not have the expected form',
        ctx: { pattern: params.pattern },
      };
    case 'exclusiveMinimum':
      return { type: 'greater_than', message: `Must be greater than ${limit}`, ctx: { gt: limit } };
    case 'minimum':
      return {
        type: 'greater_than_equal',
        message: `Must be at least ${limit}`,
        ctx: { ge: limit },
      };
    case 'maximum':
      return { type: 'less_than_equal', message: `Must be at most ${limit}`, ctx: { le: limit } };
    case 'maxProperties':
    case 'maxItems': {
      const inObject = error.keyword === 'maxProperties';
      return {
        type: 'too_long',
        message: `Must have at most ${limit} entries`,
        ctx: {
          field_type: inObject ? 'Dictionary' : 'List',
          max_length: limit,
          actual_length: Object.keys(error.data as object).length,
        },
      };
    }
    case 'minItems':
      return {
        type: 'too_short',
        message: `Must have at least ${limit} entries`,
        ctx: { field_type: 'List', min_length: limit, actual_length: 0 },
      };
    case 'reading':
      return {
        type: String(params.type),
        message: String(params.message),
        ...(params.ctx === undefined ? {} : { ctx: params.ctx as Json }),
      };
    default:
      return { type: 'value_error', message: 'Is not valid' };
  }
}

/** Translates the validator's errors into issues of the published vocabulary (§3.3). */
export function toIssues(errors: readonly ErrorObject[], where: In, root: unknown): Issue[] {
  const issues: Issue[] = [];
  for (const error of errors) {
    if (SUMMARIES.has(error.keyword)) continue;
    const path = pathOf(error.instancePath, root);
    let input = error.data;
    if (error.keyword === 'required') {
      path.push((error.params as { missingProperty: string }).missingProperty);
    }
    if (error.propertyName !== undefined) {
      path.push(error.propertyName, '[key]');
      input = error.propertyName;
    }
    const branch = (error.parentSchema as Json | undefined)?.['x-branch'];
    if (typeof branch === 'string') path.push(branch);
    const either = (error.parentSchema as Json | undefined)?.['x-one-or-list'];
    if (typeof either === 'string') {
      // A parameter that is published as one value or a list of them: each reading is an issue.
      const index = path.pop() as number;
      issues.push({ in: where, path: [...path, either], ...describe(error, where), input });
      path.push(`list[${either}]`, index);
    }
    issues.push({ in: where, path, ...describe(error, where), input });
    if (issues.length === MOST_ISSUES) break;
  }
  return issues;
}
