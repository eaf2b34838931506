import { contracts } from '@clientele/contracts/index.ts';
import { toOpenApi } from '@clientele/contracts/lib/openapi.ts';
import type { Operation } from '@clientele/contracts/lib/operation.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialKinds } from '../../src/modules/credentials/index.ts';
import { call } from '../kit/call.ts';
import { ROOT_TOKEN, startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { size } from '../kit/soak.ts';

let program: TestProgram;
let workspace: TestWorkspace;
const seen: Record<string, string[]> = {};
const statuses = new Map<number, number>();

beforeAll(async () => {
  program = await startProgram();
  workspace = await program.workspace();
  for (let i = 0; i < 3; i += 1) {
    const made = await workspace.api('POST', '/api/customers/', {
      email: `fuzz${i}@example.com`,
      external_id: `fuzz-${i}`,
      type: 'team',
    });
    seen.id = [...(seen.id ?? []), made.body.id, made.body.members[0].id];
    seen.customer_id = [...(seen.customer_id ?? []), made.body.id];
    seen.external_id = [...(seen.external_id ?? []), made.body.external_id];
  }
  const meter = await workspace.api('POST', '/api/meters/', {
    name: 'calls',
    aggregation: { type: 'count' },
  });
  seen.meter_id = [meter.body.id];
  seen.workspace_id = [workspace.id];
});
afterAll(() => program.close());

const nasty = fc.constantFrom<unknown>(
  '',
  ' ',
  '\t\n',
  '\u0000',
  '\ud800',
  '\u202e',
  '%',
  '_',
  '\\',
  "' or 1=1--",
  '"',
  '../..',
  '=cmd()',
  'ﬁ',
  'İ',
  'ſ@example.com',
  'a@b',
  `${'a'.repeat(300)}@example.com`,
  'x'.repeat(5_000),
  'null',
  'NaN',
  '1e999',
  '-0',
  '2026-02-30T00:00:00Z',
  '2026-01-01',
  '9'.repeat(30),
  -1,
  0,
  1,
  2 ** 31,
  2 ** 53 - 1,
  1.5,
  -1e308,
  true,
  false,
  null,
  [],
  {},
  [[[]]],
  { a: { b: 1 } },
  ['x'],
  [null],
);

type Schema = Record<string, unknown>;

/** Values near a schema: mostly of its kind, often not. */
function near(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const known = seen[name] ?? [];
  const options: fc.Arbitrary<unknown>[] = [nasty];
  if (known.length > 0) options.push(fc.constantFrom(...known), fc.constantFrom(...known));
  if (Array.isArray(schema.enum)) options.push(fc.constantFrom(...schema.enum));
  const type = [schema.type].flat().find((t) => t !== 'null');
  if (type === 'string') {
    options.push(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.emailAddress(), fc.uuid());
    options.push(fc.date({ noInvalidDate: true }).map((d) => d.toISOString()));
  }
  if (type === 'integer' || type === 'number') options.push(fc.integer(), fc.double());
  if (type === 'boolean') options.push(fc.boolean());
  if (type === 'array') {
    options.push(fc.array(near((schema.items ?? {}) as Schema, name), { maxLength: 5 }));
  }
  if (type === 'object') options.push(nearObject(schema), nearObject(schema));
  return fc.oneof(...options);
}

function nearObject(schema: Schema): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  if (Object.keys(properties).length === 0) {
    const key = fc.oneof(
      fc.string({ maxLength: 45 }),
      fc.constantFrom('a', 'constructor', 'toString'),
    );
    return fc.dictionary(key, nasty, { maxKeys: 8 });
  }
  const model = Object.fromEntries(Object.entries(properties).map(([k, s]) => [k, near(s, k)]));
  return fc.record(model, { requiredKeys: [] });
}

const text = (value: unknown) =>
  typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? '');

function request(o: Operation) {
  const params = fc.record(
    Object.fromEntries(
      Object.entries(o.params?.properties ?? {}).map(([k, s]) => [k, near(s as Schema, k)]),
    ),
  );
  const query = nearObject((o.query ?? { properties: { none: {} } }) as Schema);
  const body = o.body === undefined ? fc.constant(undefined) : near(o.body as Schema, '');
  return fc.record({ params, query, body });
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });

/** The published schema of an answer, by operation and status. */
function publishedSchema(document: ReturnType<typeof toOpenApi>, o: Operation, status: number) {
  const paths = document.paths as Record<string, Record<string, Schema>>;
  const operation = paths[o.path]?.[o.method] as { responses: Record<string, Schema> };
  return operation.responses[String(status)];
}

/** What opens a surface; a session is a new one each time, since one of its operations ends it. */
async function tokenFor(surface: string): Promise<string> {
  if (surface === 'admin') return ROOT_TOKEN;
  if (surface === 'portal') {
    const body = { customer_id: seen.customer_id?.[0], member_id: seen.id?.[1] };
    return (await workspace.api('POST', '/api/customer-sessions/', body)).body.token;
  }
  const kind = Object.entries(credentialKinds).find(([, k]) => k.surface === surface)?.[0];
  const path = `/admin/v1/workspaces/${workspace.id}/credentials`;
  const { body } = await program.root('POST', path, { kind, name: 'fuzz', scopes: ['*'] });
  return body.token;
}

for (const contract of contracts) {
  const document = toOpenApi(contract);
  ajv.addSchema(document, contract.surface);
  // What a fuzzer may not do: delete what the other requests stand on, or run the whole doctor.
  const left = new Set(['doctor_run', 'demo_create', 'workspaces_delete', 'workspaces_update']);
  for (const o of contract.operations.filter((op) => op.stream === undefined && !left.has(op.id))) {
    it(`answers anything sent to ${o.id} within its contract, and never with a 5xx`, async () => {
      const token = await tokenFor(contract.surface);
      await fc.assert(
        fc.asyncProperty(request(o), async ({ params, query, body }) => {
          const path = o.path.replace(/\{(\w+)\}/g, (_, name) => {
            const value = text((params as Schema)[name]);
            return encodeURIComponent(value === '' || /^\.+$/.test(value) ? 'x' : value);
          });
          const search = new URLSearchParams();
          for (const [name, value] of Object.entries((query ?? {}) as Schema)) {
            for (const one of [value].flat()) search.append(name, text(one));
          }
          const answer = await call(program.url, o.method.toUpperCase(), `${path}?${search}`, {
            token,
            body: body === undefined ? undefined : JSON.stringify(body),
            headers: body === undefined ? undefined : { 'content-type': 'application/json' },
          });
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status >= 500) throw new Error(`${answer.status}: ${answer.text}`);
          if (answer.status === 405 || (answer.status === 404 && answer.body?.error === undefined))
            return;
          const published = publishedSchema(document, o, answer.status);
          if (published === undefined)
            throw new Error(`${answer.status} is not published: ${answer.text}`);
          const content = published.content as Record<string, unknown> | undefined;
          if (content?.['application/json'] === undefined) return;
          const pointer = [
            'paths',
            o.path,
            o.method,
            'responses',
            answer.status,
            'content',
            'application/json',
            'schema',
          ]
            .map((part) =>
              encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')),
            )
            .join('/');
          const validate = ajv.getSchema(`${contract.surface}#/${pointer}`);
          expect(validate).toBeDefined();
          if (!validate?.(answer.body)) {
            throw new Error(`${JSON.stringify(validate?.errors)}: ${answer.text}`);
          }
        }),
        { numRuns: size(25, 1_000) },
      );
    });
  }
}

it('got through as well as being refused, so that both were looked at', () => {
  const times = (wanted: (status: number) => boolean) =>
    [...statuses].reduce((sum, [status, n]) => (wanted(status) ? sum + n : sum), 0);
  expect(times((status) => status < 300)).toBeGreaterThan(0);
  expect(times((status) => status === 404)).toBeGreaterThan(0);
  expect(times((status) => status === 422)).toBeGreaterThan(0);
});
