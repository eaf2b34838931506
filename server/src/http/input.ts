import type { Operation } from '@clientele/contracts/lib/operation.ts';
import type { TSchema } from '@sinclair/typebox';
import type { ValidateFunction } from 'ajv';
import { type Issue, invalid } from '../kernel/errors.ts';
import { toIssues } from './issues.ts';
import { createAjv } from './readings.ts';

/** Validated input of one request, in normal form. */
export interface Input {
  params: never;
  query: never;
  body: never;
  /** The deepObject parameter: key → the values given for it. */
  deep: Map<string, string[]>;
}

const ajv = createAjv();
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** The validator of a schema, compiled at its first use: start-up pays for none. */
function validator(schema: TSchema): ValidateFunction {
  let found = compiled.get(schema);
  if (found === undefined) {
    found = ajv.compile(schema);
    compiled.set(schema, found);
  }
  return found;
}

/** Checks a value against a schema and brings it into normal form in place. Out: the issues. */
export function check(schema: TSchema, value: unknown, where: Issue['in']): Issue[] {
  const validate = validator(schema);
  return validate(value) ? [] : toIssues(validate.errors ?? [], where, value);
}

const TRUE = new Set(['true', '1', 'yes', 'on', 't', 'y']);
const FALSE = new Set(['false', '0', 'no', 'off', 'f', 'n']);

function typed(schema: TSchema, text: string): unknown {
  const type = [schema.type].flat().find((t) => t !== 'null');
  if (type === 'integer') {
    const number = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(number) ? number : text;
  }
  if (type === 'boolean') {
    const word = text.toLowerCase();
    return TRUE.has(word) ? true : FALSE.has(word) ? false : text;
  }
  return text;
}

function readQuery(
  o: Operation,
  search: URLSearchParams,
): { query: Record<string, unknown>; deep: Map<string, string[]> } {
  const query: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(o.query?.properties ?? {})) {
    const given = search.getAll(name);
    if (given.length === 0) continue;
    const type = [schema.type].flat().find((t) => t !== 'null');
    query[name] =
      type === 'array'
        ? given.map((text) => typed(schema.items as TSchema, text))
        : typed(schema, given.at(-1) as string);
  }
  const deep = new Map<string, string[]>();
  if (o.deepQuery !== undefined) {
    const form = new RegExp(`^${o.deepQuery}\\[([^\\[\\]]+)\\]$`);
    for (const [name, value] of search) {
      const key = form.exec(name)?.[1];
      if (key !== undefined) deep.set(key, [...(deep.get(key) ?? []), value]);
    }
  }
  return { query, deep };
}

const nulInText = (text: string) => text.includes('\0') || !text.isWellFormed();

function unstorable(values: Iterable<[string, string]>, where: Issue['in']): Issue[] {
  const issues: Issue[] = [];
  for (const [name, value] of values) {
    if (nulInText(value) || nulInText(name)) {
      issues.push({
        in: where,
        path: [name],
        type: 'value_error',
        message: 'Holds a character that is not text',
        input: value,
      });
    }
  }
  return issues;
}

/**
 * Checks path, query and body of a request together (§1.1 step 4).
 * Errors: one `invalid` error with every issue.
 */
export function readInput(
  o: Operation,
  raw: { params: Record<string, string>; search: URLSearchParams; body: unknown },
): Input {
  const params = { ...raw.params };
  const { query, deep } = readQuery(o, raw.search);
  const issues = [
    ...unstorable(Object.entries(params), 'path'),
    ...unstorable(raw.search, 'query'),
    ...(o.params === undefined ? [] : check(o.params, params, 'path')),
    ...(o.query === undefined ? [] : checkQuery(o.query, query, raw.search)),
    ...(o.body === undefined ? [] : checkBody(o.body, raw.body)),
  ];
  if (issues.length > 0) throw invalid(issues);
  return { params, query, body: raw.body, deep } as unknown as Input;
}

/** Query values are typed before they are checked; an issue shows what was sent. */
function checkQuery(schema: TSchema, query: object, search: URLSearchParams): Issue[] {
  return check(schema, query, 'query').map((issue) => {
    const given = search.getAll(String(issue.path[0]));
    const index = issue.path.findLast((part) => typeof part === 'number');
    return { ...issue, input: given.at(index ?? -1) ?? issue.input };
  });
}

function checkBody(schema: TSchema, body: unknown): Issue[] {
  if (body === undefined) {
    return [{ in: 'body', path: [], type: 'missing', message: 'A body is required', input: null }];
  }
  return check(schema, body, 'body');
}
