import type { Operation } from '@clientele/contracts/lib/operation.ts';
import type { TSchema } from '@sinclair/typebox';

/** A place of an operation's input where something of a workspace is named. */
export interface Slot {
  in: 'path' | 'query' | 'deep' | 'body';
  path: readonly (string | number)[];
  /** What it names: `customer`, `external_customer`, `email`… */
  noun: string;
  /** A generated id, or a text that somebody chose. */
  kind: 'id' | 'text';
}

const SINGULAR: [RegExp, string][] = [
  [/ies$/, 'y'],
  [/(?<!s)s$/, ''],
];
/** Queries that look for a text. */
const SOUGHT = new Set(['email', 'query', 'search', 'name', 'external_id']);
const DEEPEST = 6;

function singular(segment: string): string {
  const [ending, by] = SINGULAR.find(([e]) => e.test(segment)) ?? [/$/, ''];
  return segment.replace(ending, by).replaceAll('-', '_');
}

const isId = (schema: TSchema | undefined): boolean =>
  schema !== undefined && (schema['x-uuid'] !== undefined || schema.format === 'uuid');

/** Names of things outside of this installation. */
const NO_REFERENCE = new Set(['external_id', 'peppol_id']);
const isReference = (name: string) => /_ids?$/.test(name) && !NO_REFERENCE.has(name);

function nounOf(name: string): string {
  return name.replace(/_ids?$/, '');
}

/** Whether two slots are the same place. */
export const samePlace = (a: Slot, b: Slot | undefined) =>
  a.in === b?.in && a.path.join() === b.path.join();

/** A path parameter `id` is named after its collection, `external_id` likewise. */
function pathSlot(o: Operation, name: string): Slot {
  const before = o.path
    .slice(0, o.path.indexOf(`{${name}}`))
    .split('/')
    .filter(Boolean);
  const collection = before.findLast((segment) => !/^external$|^\{/.test(segment)) ?? '';
  const external = name === 'external_id';
  const noun =
    name === 'id' || external
      ? `${external ? 'external_' : ''}${singular(collection)}`
      : nounOf(name);
  const chosen = external || !isId(o.params?.properties[name]);
  return { in: 'path', path: [name], noun, kind: chosen ? 'text' : 'id' };
}

function bodySlots(schema: TSchema, path: (string | number)[], depth: number): Slot[] {
  if (depth > DEEPEST) return [];
  if (schema.items !== undefined) {
    return isId(schema.items)
      ? [{ in: 'body', path: [...path, 0], noun: nounOf(String(path.at(-1))), kind: 'id' }]
      : bodySlots(schema.items, [...path, 0], depth + 1);
  }
  return Object.entries((schema.properties ?? {}) as Record<string, TSchema>).flatMap(
    ([name, property]): Slot[] => {
      const here = [...path, name];
      if (isId(property)) return [{ in: 'body', path: here, noun: nounOf(name), kind: 'id' }];
      if (property.properties !== undefined || property.items !== undefined) {
        return bodySlots(property, here, depth + 1);
      }
      return isReference(name)
        ? [{ in: 'body', path: here, noun: nounOf(name), kind: 'text' }]
        : [];
    },
  );
}

/**
 * Every place of an operation that can name something. Found from the schemas and the names of
 * the contract, so an operation that is added is covered without a word here.
 */
export function slotsOf(o: Operation): Slot[] {
  const query = Object.entries((o.query?.properties ?? {}) as Record<string, TSchema>);
  return [
    ...[...o.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathSlot(o, name as string)),
    ...query.flatMap(([name, schema]): Slot[] => {
      if (isId(schema) || isId(schema.items)) {
        return [{ in: 'query', path: [name], noun: nounOf(name), kind: 'id' }];
      }
      return SOUGHT.has(name) || isReference(name)
        ? [{ in: 'query', path: [name], noun: nounOf(name), kind: 'text' }]
        : [];
    }),
    ...(o.deepQuery === undefined
      ? []
      : [{ in: 'deep', path: [o.deepQuery, 'mark'], noun: 'mark', kind: 'text' } satisfies Slot]),
    ...(o.body === undefined ? [] : bodySlots(o.body, [], 0)),
  ];
}
