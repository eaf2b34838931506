import type { Contract, Operation } from '@clientele/contracts/lib/operation.ts';
import { uuid } from '@clientele/contracts/lib/schema.ts';
import { Type } from '@sinclair/typebox';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { probeIsolation } from '../../src/http/probe/index.ts';
import { slotsOf } from '../../src/http/probe/slots.ts';
import type { Twin } from '../../src/modules/doctor/index.ts';

// A green run of the probe counts only if it turns red for every way of telling.

const id = (digit: string) => `${digit.repeat(8)}-1111-4111-8111-${digit.repeat(12)}`;
const twin = (digit: string): Twin => ({
  specimens: {
    ids: { workspace: id(digit), thing: id(digit) },
    texts: { external_thing: `thing-${id(digit)}`, mark: `mark-${id(digit)}` },
  },
  credential: async () => 'token',
  session: async () => 'token',
});
const own = twin('a');
const foreign = twin('b');

const base = { tag: 'T', summary: 'T', access: { by: 'credential', scopes: ['t'] } } as const;
const answer = { status: 200, description: 'T', schema: Type.Object({}) } as const;
const get: Operation = {
  ...base,
  id: 'things_get',
  method: 'get',
  path: '/api/things/{id}',
  params: Type.Object({ id: uuid('T') }),
  success: answer,
  errors: [],
};
const list: Operation = {
  ...base,
  id: 'things_list',
  method: 'get',
  path: '/api/things',
  query: Type.Object({ thing_id: Type.Optional(uuid('T')) }),
  deepQuery: 'metadata',
  success: answer,
  errors: [],
};
const link: Operation = {
  ...base,
  id: 'things_link',
  method: 'post',
  path: '/api/things/external/{external_id}/links',
  params: Type.Object({ external_id: Type.String() }),
  body: Type.Object({
    name: Type.String({ minLength: 1 }),
    parent: Type.Optional(Type.Object({ thing_id: uuid('T') })),
    thing_ids: Type.Optional(Type.Array(uuid('T'))),
  }),
  success: { ...answer, status: 201 },
  errors: [],
};

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;
const notFound: Handler = (_request, reply) => reply.code(404).send({ detail: 'Not found' });

/** Probes a server whose three operations are sound, but for one. */
async function probed(leaks: Partial<Record<'get' | 'list' | 'link', Handler>>) {
  const server = Fastify();
  server.get('/api/things/:id', (request, reply) => {
    const { id: asked } = request.params as { id: string };
    if (asked === own.specimens.ids.thing) return reply.send({ id: asked });
    return (leaks.get ?? notFound)(request, reply);
  });
  server.get('/api/things', (request, reply) =>
    leaks.list === undefined ? reply.send({ data: [] }) : leaks.list(request, reply),
  );
  server.post('/api/things/external/:external_id/links', (request, reply) =>
    (leaks.link ?? notFound)(request, reply),
  );
  const contract = { surface: 'workspace', operations: [get, list, link] } as unknown as Contract;
  const report = await probeIsolation(server, [contract], own, foreign);
  expect(report.untried).toEqual([]);
  expect(report.operations).toBe(3);
  return report.crossings.map((c) => `${c.operation}, ${c.slot}`);
}

const isForeign = (text: string) => text.includes(id('b'));

describe('the probe', () => {
  it('finds the slots of an operation in its path, queries and body', () => {
    const found = [get, list, link].flatMap((o) =>
      slotsOf(o).map((s) => `${o.id} ${s.in} ${s.path.join('.')} = ${s.noun}`),
    );
    expect(found).toEqual([
      'things_get path id = thing',
      'things_list query thing_id = thing',
      'things_list deep metadata.mark = mark',
      'things_link path external_id = external_thing',
      'things_link body parent.thing_id = thing',
      'things_link body thing_ids.0 = thing',
    ]);
  });

  it('passes a sound server', async () => {
    expect(await probed({})).toEqual([]);
  });

  it('tells another status, another text and another header', async () => {
    const answers: Handler[] = [
      (_request, reply) => reply.code(403).send({ detail: 'Not found' }),
      (_request, reply) => reply.code(404).send({ detail: 'Not yours' }),
      (_request, reply) => reply.code(404).header('etag', '"1"').send({ detail: 'Not found' }),
    ];
    for (const leak of answers) {
      const crossings = await probed({
        get: (request, reply) => (isForeign(request.url) ? leak : notFound)(request, reply),
      });
      expect(new Set(crossings)).toEqual(new Set(['things_get, path id']));
    }
  });

  it('tells a row of the other workspace in a list, by a query or by its metadata', async () => {
    const shows = (what: string): Handler => {
      return (request, reply) =>
        reply.send({ data: isForeign(request.url) && request.url.includes(what) ? [1] : [] });
    };
    expect(await probed({ list: shows('thing_id') })).toContain('things_list, query thing_id');
    expect(await probed({ list: shows('metadata') })).toContain('things_list, deep metadata.mark');
  });

  it('tells ids of the other workspace in an answer that is the same for everybody', async () => {
    const crossings = await probed({
      list: (_request, reply) => reply.send({ data: [{ of: foreign.specimens.ids.workspace }] }),
    });
    expect(crossings).toContain('things_list, query thing_id');
  });

  it('tells an id that is taken from a body, however deep', async () => {
    const sees = (text: string): Handler => {
      return (request, reply) => {
        const body = JSON.stringify(request.body);
        if (isForeign(body) && body.includes(text)) return reply.code(201).send({ id: id('c') });
        return notFound(request, reply);
      };
    };
    expect(await probed({ link: sees('parent') })).toContain('things_link, body parent.thing_id');
    expect(await probed({ link: sees('thing_ids') })).toContain('things_link, body thing_ids.0');
  });
});
