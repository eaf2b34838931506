import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Operation } from '@clientele/contracts/lib/operation.ts';
import cors from '@fastify/cors';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { DomainError } from '../kernel/errors.ts';
import type { App } from '../modules/app.ts';
import { handler, send } from './handle.ts';
import { limitRequests } from './limits.ts';
import { refusal } from './refusal.ts';
import type { Route } from './route.ts';
import type { Surface } from './surface.ts';

/** A body that is read whole is at most this long, in bytes. */
const LARGEST_BODY = 1024 * 1024;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** What a script of another origin may read of an answer. */
const EXPOSED_HEADERS = [
  ...['ETag', 'X-Request-ID', 'Retry-After', 'Idempotent-Replayed'],
  ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Allow', 'Content-Disposition'],
  'Clientele-Merged-Into',
];

/** A surface with its routes, and how many requests a minute one of its callers may send (0: any). */
export interface Mounted {
  surface: Surface;
  routes: Route[];
  requestsPerMinute: number;
}

export interface ServerOptions {
  trustProxy: number;
  onRequestDone?: (facts: {
    surface: string;
    operation: string;
    status: number;
    seconds: number;
    requestId: string;
    error?: unknown;
  }) => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    failure?: unknown;
  }
  interface FastifyContextConfig {
    surface?: string;
    operation?: string;
  }
}

/** How long a connection that is open when the server stops may take to send its first request. */
const LAST_CALL_MS = 500;

/**
 * Lets a stopping server go of connections that never sent a request. Node counts these as busy,
 * so browsers and clients that connect ahead would hold up the stop until a timeout.
 */
function dropSilentConnections(server: FastifyInstance): void {
  const silent = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.server.on('request', (request) => silent.delete(request.socket));
  server.addHook('preClose', (done) => {
    setTimeout(() => {
      for (const socket of silent) socket.destroy();
    }, LAST_CALL_MS);
    done();
  });
}

const fastifyPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1');

/** Turns whatever was thrown into an error a caller may see; unknown ones stay unnamed. */
function asDomainError(error: FastifyError | DomainError): DomainError {
  if (error instanceof DomainError) return error;
  switch (error.statusCode) {
    case 413:
      return new DomainError('PayloadTooLarge', 'too_large', 'The body is larger than 1 MiB');
    case 415:
      return new DomainError('UnsupportedMediaType', 'unsupported', 'This media type is not read');
    case 400:
    case 414:
      return new DomainError('BadRequest', 'bad_request', 'The request cannot be read');
    default:
      return new DomainError('InternalServerError', 'internal', 'Something went wrong', {
        cause: error,
      });
  }
}

/** Builds the HTTP server over the surfaces; nothing listens yet. */
export async function buildServer(
  app: App,
  mounted: Mounted[],
  options: ServerOptions,
): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: LARGEST_BODY,
    genReqId: () => randomUUID(),
    logger: false,
    exposeHeadRoutes: false,
    // The n-th entry of X-Forwarded-For from the right (README decision 21).
    trustProxy: (_address, hop) => hop < options.trustProxy,
    connectionTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // As long as a request line can be: an external id has no limit of its own.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384, caseSensitive: true },
    // No hook runs for a path that cannot be read.
    frameworkErrors: (error, request, reply) => {
      reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
      refuse(mounted, error, request, reply as unknown as FastifyReply);
    },
  });
  server.server.headersTimeout = 10_000;
  dropSilentConnections(server);
  await server.register(cors, {
    origin: '*',
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'X-Api-Key'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.decorateRequest('identity');
  server.decorateRequest('failure');
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { surface, operation } = request.routeOptions.config;
    options.onRequestDone?.({
      surface: surface ?? 'none',
      operation: operation ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
      requestId: request.id,
      error: request.failure,
    });
    done();
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const failure = asDomainError(error);
    // A cause is something the caller is not told; the log is.
    request.failure = failure.cause;
    return refuse(mounted, failure, request, reply);
  });
  server.setNotFoundHandler((request, reply) =>
    refuse(mounted, new DomainError('NotFound', 'no_route', 'Not Found'), request, reply),
  );
  // Scopes inherit the handlers above, so they come last.
  for (const mount of mounted)
    await server.register(async (scope) => addSurface(scope, app, mount));
  return server;
}

/** Answers an error in the shape of the surface whose paths the URL lies under. */
function refuse(
  mounted: Mounted[],
  error: FastifyError | DomainError,
  { id, url }: { id: string; url: string },
  reply: FastifyReply,
): FastifyReply {
  const path = url.split('?')[0] ?? '';
  const within = (mount: string) => path === mount || path.startsWith(`${mount}/`);
  const fitting = mounted
    .filter((m) => within(m.surface.contract.mount))
    .sort((a, b) => b.surface.contract.mount.length - a.surface.contract.mount.length);
  const surface = (fitting[0] ?? (mounted[0] as Mounted)).surface;
  const failure = asDomainError(error);
  if (failure.retryAfterSeconds !== undefined) {
    reply.header('retry-after', failure.retryAfterSeconds);
  }
  return send(reply, refusal(surface, failure, { id, url }));
}

/** The longest the body of a request that is read whole may take to arrive, in milliseconds. */
const BODY_MS = 30_000;

/** Cuts off a body that drips in; streams, which may rightly take long, are not under this. */
export function cutSlowBodies(scope: FastifyInstance): void {
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    const { headers } = request;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      const timer = setTimeout(() => request.raw.destroy(), BODY_MS);
      for (const end of ['end', 'close']) payload.once(end, () => clearTimeout(timer));
    }
    done(null, payload);
  });
}

async function addSurface(scope: FastifyInstance, app: App, mount: Mounted): Promise<void> {
  const { surface, routes, requestsPerMinute } = mount;
  scope.addHook('onRequest', async (request) => {
    request.identity = await surface.identify(request.headers);
  });
  await limitRequests(scope, requestsPerMinute);
  const methods = new Map<string, Set<string>>();
  const add = (server: FastifyInstance, route: Route) => {
    const o = route.operation as Operation;
    const url = fastifyPath(o.path);
    methods.set(url, (methods.get(url) ?? new Set()).add(o.method.toUpperCase()));
    server.route({
      method: o.method.toUpperCase(),
      url,
      config: { surface: surface.contract.surface, operation: o.id },
      handler: handler(app, surface, route),
    });
  };
  await scope.register(async (whole) => {
    cutSlowBodies(whole);
    for (const route of routes) {
      if (!('stream' in route) || route.operation.stream === undefined) add(whole, route);
    }
  });
  await scope.register(async (streams) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, payload: Readable, done) => done(null, payload));
    for (const route of routes) {
      if ('stream' in route && route.operation.stream !== undefined) add(streams, route);
    }
  });
  for (const [url, allowed] of methods) {
    const other = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((m) => !allowed.has(m));
    scope.route({
      method: other,
      url,
      config: { surface: surface.contract.surface, operation: 'method_not_allowed' },
      handler: (_request, reply) => {
        reply.header('allow', [...allowed].join(', '));
        throw new DomainError('MethodNotAllowed', 'no_method', 'Method Not Allowed');
      },
    });
  }
}
