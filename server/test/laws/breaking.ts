/** An OpenAPI document, as far as it is looked at here. */
export interface Document {
  paths: Record<string, Record<string, Json>>;
  components?: { schemas?: Record<string, Json> };
}
// biome-ignore lint/suspicious/noExplicitAny: a document is read as it comes
type Json = Record<string, any>;

/** A change that can break a caller of an operation. */
export interface Break {
  operation: string;
  what: string;
}

const MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const DEEPEST = 12;

interface Side {
  doc: Document;
  schema: Json | undefined;
}

function resolved({ doc, schema }: Side): Json | undefined {
  const name = schema?.$ref?.split('/').at(-1);
  return name === undefined ? schema : doc.components?.schemas?.[name];
}

/** The branches of a schema by type: `null` written as a type or as a branch is the same. */
function types(side: Side): Set<string> {
  const schema = resolved(side);
  if (schema === undefined) return new Set();
  const branches: Json[] | undefined = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) {
    return new Set(branches.flatMap((b) => [...types({ doc: side.doc, schema: b })]));
  }
  return new Set([schema.type ?? []].flat());
}

/** The branch that holds properties or items, where there is one. */
function core(side: Side): Json {
  const schema = resolved(side) ?? {};
  const branches: Json[] = schema.anyOf ?? schema.oneOf ?? [];
  const inner = branches.map((b) => resolved({ doc: side.doc, schema: b }));
  return inner.find((b) => b?.type !== 'null') ?? schema;
}

function compare(
  before: Side,
  after: Side,
  direction: 'sent' | 'answered',
  where: string,
  depth = 0,
): string[] {
  if (depth > DEEPEST || before.schema === undefined || after.schema === undefined) return [];
  const found: string[] = [];
  const [had, has] = [types(before), types(after)];
  const [narrow, wide] = direction === 'sent' ? [has, had] : [had, has];
  // What may be sent may only grow; what is answered may only shrink.
  for (const type of wide) {
    const covered = narrow.has(type) || (type === 'integer' && narrow.has('number'));
    if (narrow.size > 0 && !covered) found.push(`${where} is not ${direction} as ${type}`);
  }
  const [a, b] = [core(before), core(after)];
  const required = new Set<string>(b.required ?? []);
  const always = new Set<string>(a.required ?? []);
  for (const name of Object.keys(a.properties ?? {})) {
    if (b.properties === undefined) break;
    if (direction === 'answered' && b.properties[name] === undefined) {
      found.push(`${where}.${name} is gone`);
    } else if (direction === 'answered' && always.has(name) && !required.has(name)) {
      found.push(`${where}.${name} may be absent`);
    }
  }
  for (const name of required) {
    if (direction === 'sent' && !always.has(name)) found.push(`${where}.${name} is required`);
  }
  if (direction === 'sent') {
    if (a.enum !== undefined && b.enum !== undefined) {
      const lost = a.enum.filter((word: unknown) => !b.enum.includes(word));
      if (lost.length > 0) found.push(`${where} is not ${lost.join(', ')} any more`);
    }
    for (const limit of [...MOST, ...LEAST]) {
      const most = MOST.includes(limit);
      const had = a[limit] ?? (most ? Number.MAX_SAFE_INTEGER : -Infinity);
      // A larger number was never read, written down or not.
      if (most ? b[limit] < had : b[limit] > had) found.push(`${where} has a stricter ${limit}`);
    }
  }
  for (const [name, schema] of Object.entries<Json>(a.properties ?? {})) {
    const next = { doc: after.doc, schema: b.properties?.[name] };
    const here = { doc: before.doc, schema };
    found.push(...compare(here, next, direction, `${where}.${name}`, depth + 1));
  }
  const items = [before, after].map(({ doc }, i) => ({ doc, schema: [a, b][i]?.items }));
  found.push(...compare(items[0] as Side, items[1] as Side, direction, `${where}[]`, depth + 1));
  return found;
}

const contentOf = (part: Json | undefined): Json =>
  Object.fromEntries(
    Object.entries<Json>(part?.content ?? {}).map(([type, { schema }]) => [type, schema]),
  );

function inContent(before: Side, after: Side, direction: 'sent' | 'answered', where: string) {
  const next = contentOf(after.schema);
  return Object.entries(contentOf(before.schema)).flatMap(([type, schema]) =>
    next[type] === undefined
      ? [`${where} is not ${type} any more`]
      : compare(
          { doc: before.doc, schema },
          { doc: after.doc, schema: next[type] },
          direction,
          where,
        ),
  );
}

function changes(before: Document, after: Document, was: Json, is: Json): string[] {
  const found: string[] = [];
  if (was.operationId !== is.operationId) found.push(`is called ${is.operationId} now`);
  const named = (o: Json): Map<string, Json> =>
    new Map((o.parameters ?? []).map((p: Json) => [`${p.in} ${p.name}`, p]));
  const had = named(was);
  const has = named(is);
  for (const [name, parameter] of has) {
    if (parameter.required && !had.get(name)?.required) found.push(`${name} is required`);
  }
  for (const [name, { schema }] of had) {
    const next = has.get(name)?.schema;
    if (next === undefined) found.push(`${name} is gone`);
    else
      found.push(...compare({ doc: before, schema }, { doc: after, schema: next }, 'sent', name));
  }
  if (is.requestBody?.required && was.requestBody === undefined) found.push('a body is required');
  const sides = (part: (o: Json) => Json | undefined): [Side, Side] => [
    { doc: before, schema: part(was) },
    { doc: after, schema: part(is) },
  ];
  if (is.requestBody !== undefined) {
    found.push(...inContent(...sides((o) => o.requestBody), 'sent', 'body'));
  }
  for (const status of Object.keys(was.responses).filter((s) => s.startsWith('2'))) {
    if (is.responses[status] === undefined) found.push(`does not answer ${status} any more`);
    else found.push(...inContent(...sides((o) => o.responses[status]), 'answered', 'answer'));
  }
  return found;
}

/** Everything in which a caller of the one document can be let down by the other. */
export function breakingChanges(before: Document, after: Document): Break[] {
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, was]): Break[] => {
      const is = after.paths[path]?.[method];
      const operation = String(was.operationId);
      if (is === undefined) return [{ operation, what: 'is gone' }];
      return changes(before, after, was, is).map((what) => ({ operation, what }));
    }),
  );
}
