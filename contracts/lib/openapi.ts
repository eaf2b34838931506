import type { TSchema } from '@sinclair/typebox';
import type { Contract, Operation } from './operation.ts';

type Json = Record<string, unknown>;

const isObject = (v: unknown): v is Json =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

/** Copies a schema as plain JSON Schema; what has a title moves to the shared components. */
function publish(schema: unknown, components: Json): unknown {
  if (Array.isArray(schema)) return schema.map((s) => publish(s, components));
  if (!isObject(schema)) return schema;
  const copy: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!key.startsWith('x-')) copy[key] = publish(value, components);
  }
  if (typeof schema.title !== 'string' || schema.type === undefined) return copy;
  // A default belongs to the place that uses the schema, not to the shared component.
  const { default: fallback, ...shared } = copy;
  const here = fallback === undefined ? {} : { default: fallback };
  if (Array.isArray(schema.type)) {
    const words = Array.isArray(shared.enum) && { enum: shared.enum.filter((w) => w !== null) };
    const inner = share(schema.title, { ...shared, ...words, type: schema.type[0] }, components);
    return { anyOf: [inner, { type: 'null' }], ...here };
  }
  return { ...share(schema.title, shared, components), ...here };
}

function share(title: string, schema: Json, components: Json): Json {
  components[title] ??= schema;
  if (JSON.stringify(components[title]) !== JSON.stringify(schema)) {
    throw new Error(`Two different schemas are titled ${title}`);
  }
  return { $ref: `#/components/schemas/${title}` };
}

/** A whole number beyond this loses its last digits in JavaScript, so it is refused as text. */
function bounds(schema: Json): Json {
  return schema.type === 'integer' ? { maximum: Number.MAX_SAFE_INTEGER } : {};
}

function parameters(o: Operation, components: Json): Json[] {
  const list: Json[] = [];
  for (const place of ['path', 'query'] as const) {
    const schema = place === 'path' ? o.params : o.query;
    for (const [name, property] of Object.entries(schema?.properties ?? {})) {
      const required = place === 'path' || (schema?.required ?? []).includes(name);
      const { description, ...rest } = property as Json;
      const titled = typeof rest.title === 'string';
      list.push({
        name,
        in: place,
        required,
        ...(description === undefined ? {} : { description }),
        schema: publish(titled ? property : { ...bounds(rest), ...rest }, components),
      });
    }
  }
  if (o.deepQuery !== undefined) {
    list.push({
      name: o.deepQuery,
      in: 'query',
      required: false,
      style: 'deepObject',
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
    });
  }
  if (o.method !== 'get') {
    list.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: o.demandsKey === true,
      description: 'Makes a repeated write have one effect and one answer for 24 hours.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    });
    if (o.tagged && o.method !== 'post') {
      list.push({
        name: 'If-Match',
        in: 'header',
        required: false,
        description: 'Writes only if the ETag is still this one; else 412.',
        schema: { type: 'string' },
      });
    }
  }
  return list;
}

function body(o: Operation, components: Json): Json | undefined {
  if (o.stream !== undefined) {
    const content: Json = {};
    for (const type of o.stream.mediaTypes) {
      const rows = { type: 'array', items: { type: 'object' } };
      content[type] = { schema: type === 'application/json' ? rows : { type: 'string' } };
    }
    return { required: true, description: o.stream.description, content };
  }
  if (o.body === undefined) return undefined;
  return {
    required: true,
    content: { 'application/json': { schema: publish(o.body, components) } },
  };
}

function responses(contract: Contract, o: Operation, components: Json): Json {
  const { success } = o;
  const content =
    success.mediaType !== undefined
      ? { [success.mediaType]: { schema: { type: 'string' } } }
      : success.schema !== undefined
        ? { 'application/json': { schema: publish(success.schema, components) } }
        : undefined;
  const all: Json = {
    [success.status]: {
      description: success.description,
      ...(o.tagged && success.status !== 204
        ? { headers: { ETag: { schema: { type: 'string' } } } }
        : {}),
      ...(content === undefined ? {} : { content }),
    },
  };
  for (const status of o.alsoAnswers ?? []) all[status] = all[success.status];
  const statuses = new Set([...o.errors, 422, 429, 500, 503]);
  if (o.access.by !== 'nobody') statuses.add(401).add(403);
  if (o.method !== 'get') statuses.add(409).add(413);
  for (const status of [...statuses].sort((a, b) => a - b)) {
    const schema = contract.errorSchemas[status] ?? (contract.errorSchemas[0] as TSchema);
    const mediaType = schema.type === 'string' ? 'text/plain' : contract.errorMediaType;
    all[status] = {
      description: errorNames[status] ?? 'Error',
      content: { [mediaType]: { schema: publish(schema, components) } },
    };
  }
  return all;
}

const errorNames: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'No valid credential',
  403: 'The credential does not allow this',
  404: 'Nothing with this id for this caller',
  303: 'Back to where the customer came from, saying what went wrong',
  409: 'In conflict with another request or the current state',
  412: 'Changed since it was read',
  413: 'The body is too large',
  415: 'A body of this media type is not read',
  422: 'The input breaks a rule',
  429: 'Too many requests',
  500: 'Something went wrong here',
  502: 'Another service that is needed failed',
  503: 'A part that is needed cannot be reached',
};

/** The OpenAPI 3.1 document of a contract. */
export function toOpenApi(contract: Contract): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  const tags = new Set<string>();
  for (const o of contract.operations) {
    tags.add(o.tag);
    paths[o.path] ??= {};
    const entry = paths[o.path] as Json;
    const request = body(o, components);
    entry[o.method] = {
      operationId: o.id,
      tags: [o.tag],
      summary: o.summary,
      ...(o.description === undefined ? {} : { description: o.description }),
      parameters: parameters(o, components),
      ...(request === undefined ? {} : { requestBody: request }),
      responses: responses(contract, o, components),
      security: o.access.by === 'nobody' ? [] : [{ credential: [] }],
      ...(o.access.scopes === undefined ? {} : { 'x-scopes': o.access.scopes }),
      ...(o.access.roles === undefined ? {} : { 'x-roles': o.access.roles }),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: contract.title,
      version: contract.version,
      description: contract.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).sort(([a], [b]) => a.localeCompare(b)),
      ),
      securitySchemes: { credential: contract.security },
    },
  };
}
