import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answered, StripeStore } from './stripe-stand-in-store.ts';

/** How a request goes wrong, before or after it had its effect. */
export type Fault =
  | 'stall_before'
  | 'stall_after'
  | 'late'
  | 'reset_before'
  | 'reset_after'
  | 'error_before'
  | 'error_after'
  | 'limited'
  | 'conflict'
  | 'declined';

/** A running stand-in for Stripe's API. */
export interface StripeStandIn {
  url: string;
  store: StripeStore;
  /** Makes the next requests that match (`POST /v1/customers`) go wrong, each once. */
  fail(match: string, ...faults: Fault[]): void;
  /** Takes back the faults that have not struck. */
  heal(): void;
  /** How often a request that matches came in. */
  seen(match: string): number;
  close(): Promise<void>;
}

const failure = (status: number, error: Record<string, unknown>): Answered => ({
  status,
  body: { error },
});
const IN_USE = failure(409, {
  type: 'idempotency_error',
  code: 'idempotency_key_in_use',
  message: 'There is currently another in-progress request using this idempotency key.',
});
const OTHER_PARAMETERS = failure(400, {
  type: 'idempotency_error',
  message: 'Keys for idempotent requests can only be used with the same parameters.',
});
const LIMITED = failure(429, {
  type: 'invalid_request_error',
  code: 'rate_limit',
  message: 'Too many requests hit the API too quickly.',
});
const DECLINED = failure(402, {
  type: 'card_error',
  code: 'card_declined',
  message: 'Your card was declined.',
});
const BROKEN = failure(500, { type: 'api_error', message: 'An unknown error occurred' });
const UNKNOWN_KEY = failure(401, {
  type: 'invalid_request_error',
  message: 'Invalid API Key provided',
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

interface Kept {
  print: string;
  answer: Answered | undefined;
}

/**
 * Stripe's API as far as payment methods need it, for tests and soaks: objects, idempotency keys
 * (kept answers, those of failures too), single-use confirmation tokens, events, and faults on
 * demand. In: the secret key it accepts.
 */
export async function startStripeStandIn(secretKey: string): Promise<StripeStandIn> {
  const store = new StripeStore(/_live_/.test(secretKey));
  const kept = new Map<string, Kept>();
  const faults: { match: string; fault: Fault }[] = [];
  const seen = new Map<string, number>();

  const send = (response: ServerResponse, { status, body }: Answered, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const matches = (match: string, method: string, path: string) =>
    `${method} ${path}`.startsWith(match);
  const struck = (method: string, path: string): Fault | undefined => {
    const at = faults.findIndex((f) => matches(f.match, method, path));
    return at === -1 ? undefined : faults.splice(at, 1)[0]?.fault;
  };

  /** Runs a request under its idempotency key; what ran to its end is answered alike for good. */
  async function keyed(
    key: string,
    print: string,
    run: () => Promise<Answered>,
  ): Promise<{ answer: Answered; replayed: boolean }> {
    const before = kept.get(key);
    if (before !== undefined) {
      if (before.print !== print) return { answer: OTHER_PARAMETERS, replayed: false };
      if (before.answer === undefined) return { answer: IN_USE, replayed: false };
      return { answer: before.answer, replayed: true };
    }
    const entry: Kept = { print, answer: undefined };
    kept.set(key, entry);
    const answer = await run();
    // A request that failed validation never began.
    if (answer.status === 400 || answer.status === 404) kept.delete(key);
    else entry.answer = answer;
    return { answer, replayed: false };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const method = request.method ?? 'GET';
    const text = await bodyOf(request);
    for (const match of [...seen.keys()]) {
      if (matches(match, method, url.pathname)) seen.set(match, (seen.get(match) ?? 0) + 1);
    }
    const gone = new Promise<void>((resolve) => response.once('close', resolve));
    if (request.headers.authorization !== `Bearer ${secretKey}`) return send(response, UNKNOWN_KEY);
    const fault = struck(method, url.pathname);
    if (fault === 'limited') return send(response, LIMITED);
    if (fault === 'conflict') return send(response, IN_USE);
    if (fault === 'stall_before') return gone;
    if (fault === 'reset_before') {
      request.socket.destroy();
      return;
    }
    const run = async (): Promise<Answered> => {
      // The client has given up by the time this has its effect.
      if (fault === 'late') {
        await gone;
        await sleep(20);
      }
      if (fault === 'error_before') return BROKEN;
      if (fault === 'declined') return DECLINED;
      const answer = store.answer(method, url, new URLSearchParams(text));
      return fault === 'error_after' ? BROKEN : answer;
    };
    const key = request.headers['idempotency-key'];
    const { answer, replayed } =
      method === 'GET' || typeof key !== 'string'
        ? { answer: await run(), replayed: false }
        : await keyed(key, `${method} ${url.pathname}\n${text}`, run);
    if (fault === 'stall_after') return gone;
    if (fault === 'reset_after') {
      request.socket.destroy();
      return;
    }
    send(response, answer, replayed ? { 'idempotent-replayed': 'true' } : {});
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    fail(match, ...struckBy) {
      for (const fault of struckBy) faults.push({ match, fault });
    },
    heal() {
      faults.length = 0;
    },
    seen(match) {
      const count = seen.get(match) ?? 0;
      seen.set(match, count);
      return count;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
