import { execFileSync } from 'node:child_process';
import { contracts } from '@clientele/contracts/index.ts';
import { toOpenApi } from '@clientele/contracts/lib/openapi.ts';
import { describe, expect, it } from 'vitest';
import { breakingChanges, type Document } from './breaking.ts';
import { read, root } from './files.ts';

/** What git prints, or undefined where it cannot say: no repository, or a shallow one. */
function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    return undefined;
  }
}

/** A document as JSON keeps it. Node lists a module's exports by name, vitest as they are written. */
function plain(document: object): unknown {
  const copy = JSON.parse(JSON.stringify(document));
  copy.tags.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
  return copy;
}

/** The version of a committed file before the present one. */
function previous(path: string): string | undefined {
  const present = read(path);
  const commits = git('log', '-2', '--format=%H', '--', path)?.split('\n').filter(Boolean) ?? [];
  return commits
    .map((commit) => git('show', `${commit}:${path}`))
    .find((text) => text !== undefined && text !== present);
}

describe.each(contracts)('the document of the $surface surface', (contract) => {
  const path = `contracts/openapi/${contract.surface}.json`;

  it('is committed as its contract makes it (npm run openapi writes it)', () => {
    expect(plain(JSON.parse(read(path)))).toEqual(plain(toOpenApi(contract)));
  });

  it('breaks no caller of the version before without a line in CHANGES.md', () => {
    const before = previous(path);
    if (before === undefined) return;
    const told = read(`contracts/${contract.surface}/CHANGES.md`);
    const untold = breakingChanges(JSON.parse(before), toOpenApi(contract) as never).filter(
      ({ operation }) => !told.includes(operation),
    );
    expect(untold).toEqual([]);
  });
});

describe('a breaking change', () => {
  const thing = {
    type: 'object',
    required: ['id', 'name'],
    properties: {
      id: { type: 'string' },
      name: { type: ['string', 'null'] },
      kind: { $ref: '#/components/schemas/Kind' },
    },
  };
  const base = {
    paths: {
      '/things': {
        get: {
          operationId: 'things_list',
          parameters: [
            { name: 'limit', in: 'query', required: false, schema: { type: 'integer' } },
          ],
          responses: {
            200: {
              content: { 'application/json': { schema: { type: 'array', items: thing } } },
            },
          },
        },
        post: {
          operationId: 'things_create',
          requestBody: { required: true, content: { 'application/json': { schema: thing } } },
          responses: { 201: { content: { 'application/json': { schema: thing } } } },
        },
      },
    },
    components: { schemas: { Kind: { type: 'string', enum: ['a', 'b'] } } },
  };
  // biome-ignore lint/suspicious/noExplicitAny: documents are bent out of shape here
  const changed = (bend: (doc: any) => void): string[] => {
    const after = JSON.parse(JSON.stringify(base));
    bend(after);
    return breakingChanges(base as unknown as Document, after as unknown as Document).map(
      ({ operation, what }) => `${operation}: ${what}`,
    );
  };
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const sent = (doc: any) =>
    doc.paths['/things'].post.requestBody.content['application/json'].schema;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const item = (doc: any) =>
    doc.paths['/things'].get.responses[200].content['application/json'].schema.items;

  it('is none where something is only added', () => {
    expect(
      changed((doc) => {
        doc.paths['/others'] = { get: { operationId: 'others_list', responses: {} } };
        sent(doc).properties.more = { type: 'string' };
        sent(doc).required = ['id'];
        item(doc).properties.more = { type: 'string' };
        doc.paths['/things'].get.parameters.push({ name: 'sort', in: 'query', schema: {} });
        doc.components.schemas.Kind.enum.push('c');
      }),
    ).toEqual([]);
  });

  it('is an operation or a parameter that is gone', () => {
    expect(changed((doc) => delete doc.paths['/things'].get)).toEqual(['things_list: is gone']);
    expect(
      changed((doc) => {
        doc.paths['/things'].get.parameters = [];
      }),
    ).toEqual(['things_list: query limit is gone']);
  });

  it('is input that was accepted and is refused', () => {
    expect(
      changed((doc) => {
        sent(doc).properties.more = { type: 'string' };
        sent(doc).required.push('more');
        sent(doc).properties.name = { type: 'string', maxLength: 10 };
        doc.components.schemas.Kind.enum = ['a'];
      }),
    ).toEqual([
      'things_create: body.more is required',
      'things_create: body.name is not sent as null',
      'things_create: body.name has a stricter maxLength',
      'things_create: body.kind is not b any more',
    ]);
  });

  it('is an answer that lacks what it had or holds what it never held', () => {
    expect(
      changed((doc) => {
        delete item(doc).properties.kind;
        item(doc).properties.id.type = ['string', 'null'];
        item(doc).required = ['id'];
      }),
    ).toEqual([
      'things_list: answer[].name may be absent',
      'things_list: answer[].kind is gone',
      'things_list: answer[].id is not answered as null',
    ]);
    expect(
      changed((doc) => {
        const { responses } = doc.paths['/things'].post;
        responses[200] = responses[201];
        delete responses[201];
      }),
    ).toEqual(['things_create: does not answer 201 any more']);
  });
});
