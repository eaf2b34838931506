import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/errors.ts';

/** The client's address as limits count it: IPv6 by its /64 network (README decision 21). */
export const addressOf = (request: FastifyRequest): string => normalizeIP(request.ip, 64);

function callerKey(request: FastifyRequest): string {
  const who = request.identity;
  return 'id' in who ? who.id : `${who.kind} ${addressOf(request)}`;
}

/**
 * Limits requests per credential (per address where there is none) and sends the RateLimit
 * headers with every answer (README decision 19). In: requests a minute; 0 switches it off.
 */
export async function limitRequests(scope: FastifyInstance, perMinute: number): Promise<void> {
  if (perMinute === 0) return;
  await scope.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    cache: 50_000,
    keyGenerator: callerKey,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) =>
      new DomainError('RateLimited', 'limited', 'Too many requests', {
        retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
}
