import type { FastifyInstance } from 'fastify';
import { cutSlowBodies } from '../../http/server.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../../modules/app.ts';
import { EventNotGenuine, takeInEvent } from '../../modules/payment-methods/index.ts';

/**
 * What payment processors tell us (threats.md T33). The signature covers the raw bytes, so they
 * are never parsed before. Errors: 400 where it does not hold; 404 where no Stripe account serves.
 */
export function addInboundRoutes(server: FastifyInstance, app: App): void {
  const { readEvent } = app.payments;
  if (readEvent === undefined) return;
  server.register(async (scope) => {
    cutSlowBodies(scope);
    scope.route({
      method: 'POST',
      url: '/inbound/payments/stripe',
      config: { surface: 'inbound', operation: 'stripe_event' },
      handler: async (request) => {
        const signature = request.headers['stripe-signature'];
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        try {
          const event = readEvent(body, typeof signature === 'string' ? signature : '');
          await takeInEvent(app, event);
        } catch (error) {
          if (!(error instanceof EventNotGenuine)) throw error;
          throw new DomainError('InvalidSignature', 'bad_request', 'The signature does not hold');
        }
        return { received: true };
      },
    });
  });
}
