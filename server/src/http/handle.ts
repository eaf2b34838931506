import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReplayedAnswer } from '../db/idempotency.ts';
import type { Answer } from '../kernel/answer.ts';
import { DomainError, invalid } from '../kernel/errors.ts';
import type { App } from '../modules/app.ts';
import { keyDemanded, readIdempotencyKey, readIfMatch } from './idempotency.ts';
import { readInput } from './input.ts';
import { JsonProblem, parseJson } from './json.ts';
import { addressOf } from './limits.ts';
import type { JsonRoute, Reply, Route, StreamRoute } from './route.ts';
import { serialise } from './serialise.ts';
import type { Identity, Surface } from './surface.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
  }
}

const NO_QUERY = new URLSearchParams();

function searchOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return mark === -1 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1));
}

/** A body of another media type stays as it came: only a caller who may write is told so. */
function readBody(request: FastifyRequest, surface: Surface, wanted: boolean): unknown {
  const bytes = request.body as Buffer | undefined;
  if (!wanted || bytes === undefined || bytes.length === 0) return undefined;
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) return bytes;
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonProblem) throw invalid(surface.malformed(error.offset, error.message));
    throw error;
  }
}

function refuseOtherMedia(body: unknown): void {
  if (!Buffer.isBuffer(body)) return;
  throw invalid([
    {
      in: 'body',
      path: [],
      type: 'model_attributes_type',
      message: 'Must be an object sent as application/json',
      input: body.toString('utf8', 0, 200),
    },
  ]);
}

/** Puts a finished answer on the wire. */
export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).headers(answer.headers);
  return answer.body === null ? reply.send() : reply.send(answer.body);
}

function writer(route: JsonRoute): (outcome: never, input: never) => Answer {
  const { success } = route.operation;
  return (outcome, input) => {
    const { status, body, tag, headers } = route.answer(outcome, input) as Reply<unknown>;
    return {
      status: status ?? success.status,
      headers: {
        ...(success.schema === undefined ? {} : { 'content-type': 'application/json' }),
        ...(tag === undefined ? {} : { etag: `"${tag}"` }),
        ...headers,
      },
      body: success.schema === undefined ? null : serialise(success.schema, body),
    };
  };
}

/** The Fastify handler of a route: the order of checks is the contract's (§1.1). */
export function handler(app: App, surface: Surface, route: Route) {
  return 'stream' in route ? streaming(app, surface, route) : answering(app, surface, route);
}

function answering(app: App, surface: Surface, route: JsonRoute) {
  const o = route.operation;
  const write = writer(route);
  const isWrite = o.method !== 'get';
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const body = readBody(request, surface, o.body !== undefined);
    surface.authorize(o, request.identity);
    refuseOtherMedia(body);
    const input = readInput(o, {
      params: request.params as Record<string, string>,
      search: searchOf(request.url),
      body,
    });
    const caller = surface.caller(o, request.identity, request.id);
    caller.address = addressOf(request);
    // A key belongs to a credential (README decision 15); who has none has no keys either.
    if (isWrite && request.identity.kind !== 'nobody') {
      const ifMatch = readIfMatch(request.headers['if-match']);
      if (ifMatch !== undefined) caller.ifMatch = ifMatch;
      const kept = readIdempotencyKey(
        request.headers['idempotency-key'],
        {
          id: request.id,
          scope: caller.actor.id,
          method: request.method,
          url: request.url,
          body: request.body as Buffer | undefined,
        },
        surface,
        app.keys,
        (outcome) => write(outcome, input as never),
      );
      if (kept !== undefined) caller.idempotency = kept;
      else if (o.demandsKey === true) throw keyDemanded();
    }
    try {
      const outcome = await route.run(app, caller, input as never);
      return send(reply, write(outcome as never, input as never));
    } catch (error) {
      return replay(reply, error);
    }
  };
}

/** Gives a kept answer again; any other failure goes on. */
function replay(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof ReplayedAnswer)) throw error;
  reply.header('idempotent-replayed', 'true');
  return send(reply, error.answer);
}

function streaming(app: App, surface: Surface, route: StreamRoute) {
  const o = route.operation;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    surface.authorize(o, request.identity);
    const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    if (o.stream !== undefined && !o.stream.mediaTypes.includes(mediaType ?? '')) {
      throw new DomainError(
        'UnsupportedMediaType',
        'unsupported',
        `Send one of ${o.stream.mediaTypes.join(', ')}`,
      );
    }
    const input = readInput(o, {
      params: request.params as Record<string, string>,
      search: searchOf(request.url),
      body: undefined,
    });
    const caller = surface.caller(o, request.identity, request.id);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const written = (text: string): Answer => ({
      status: o.success.status,
      headers: { 'content-type': o.success.mediaType ?? '' },
      body: text,
    });
    try {
      const { headers, body } = await route.stream(app, caller, input as never, {
        body: request.body instanceof Readable ? request.body : Readable.from([]),
        mediaType: mediaType ?? '',
        signal: gone.signal,
        idempotency: (digest) =>
          readIdempotencyKey(
            request.headers['idempotency-key'],
            {
              id: request.id,
              scope: caller.actor.id,
              method: request.method,
              url: request.url,
              body: digest,
            },
            surface,
            app.keys,
            written,
          ),
      });
      // What is still on its way must not look like the rest of a whole answer: the connection is
      // reset, so that nothing buffered is delivered after the credential has ended.
      body.once('error', () => request.raw.socket.resetAndDestroy());
      return reply.code(o.success.status).headers(headers).send(body);
    } catch (error) {
      return replay(reply, error);
    }
  };
}
