import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Outcomes of the official test service by its test numbers; 100 and 200 are the two verdicts. */
export const TEST_ERRORS: Record<string, string> = {
  201: 'INVALID_INPUT',
  202: 'INVALID_REQUESTER_INFO',
  300: 'SERVICE_UNAVAILABLE',
  301: 'MS_UNAVAILABLE',
  302: 'TIMEOUT',
  400: 'VAT_BLOCKED',
  401: 'IP_BLOCKED',
  500: 'GLOBAL_MAX_CONCURRENT_REQ',
  501: 'GLOBAL_MAX_CONCURRENT_REQ_TIME',
  600: 'MS_MAX_CONCURRENT_REQ',
  601: 'MS_MAX_CONCURRENT_REQ_TIME',
};

/** What goes wrong besides: no answer, no JSON, half an answer, far too much, a lie, and the rest. */
export const FAULTS = [
  ...['stall', 'html', 'html_ok', 'truncated', 'huge', 'reset', 'empty', 'null', 'list'],
  ...['other_number', 'no_verdict', 'status_500', 'status_429', 'redirect', 'user_error'],
] as const;

/** A test number of the official service, or a fault. */
export type Outcome = string;

/** A server that answers as VIES does, for tests. */
export interface ViesStandIn {
  url: string;
  /** What it answers about a number with its country; where nothing is set, see `otherwise`. */
  outcomes: Map<string, Outcome>;
  /** What it answers about any other number; test numbers stand for themselves. */
  otherwise: Outcome;
  /** What it calls those whom it names. */
  named: { name: string; address: string };
  /** How long each answer takes, in milliseconds. */
  delayMs: number;
  /** Requests so far, and the most at once: for one country, and in all. */
  seen: { requests: number; perCountry: number; inAll: number };
  /** Bodies of the requests so far. */
  bodies: Record<string, unknown>[];
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json') {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function misbehave(
  fault: string,
  response: ServerResponse,
  valid: Record<string, unknown>,
): boolean {
  const half = JSON.stringify(valid);
  const page = '<!doctype html><title>Sorry</title><p>valid: false</p>';
  const acts: Record<string, () => void> = {
    stall: () => {},
    html: () => send(response, 503, page, 'text/html'),
    html_ok: () => send(response, 200, page, 'text/html'),
    truncated: () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 10_000 });
      response.write(half.slice(0, -8));
      setTimeout(() => response.destroy(), 5);
    },
    huge: () => send(response, 200, { ...valid, name: 'x'.repeat(1024 * 1024) }),
    reset: () => response.socket?.resetAndDestroy(),
    empty: () => send(response, 200, ''),
    null: () => send(response, 200, 'null'),
    list: () => send(response, 200, []),
    other_number: () => send(response, 200, { ...valid, vatNumber: '999999999', valid: false }),
    no_verdict: () => send(response, 200, { ...valid, valid: undefined }),
    status_500: () => send(response, 500, { ...valid, valid: false }),
    status_429: () => send(response, 429, {}),
    redirect: () => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    },
    user_error: () => send(response, 200, { ...valid, valid: false, userError: 'MS_UNAVAILABLE' }),
  };
  const act = acts[fault];
  act?.();
  return act !== undefined;
}

/** Starts the stand-in on a free port. */
export async function startViesStandIn(): Promise<ViesStandIn> {
  const under = new Map<string, number>();
  let all = 0;
  let consultations = 0;

  function answer(body: Record<string, unknown>, response: ServerResponse): void {
    const [country, number] = [String(body.countryCode), String(body.vatNumber)];
    const own = stand.outcomes.get(country + number);
    const test = /^(100|200)$/.test(number) || TEST_ERRORS[number] !== undefined;
    const outcome = own ?? (test ? number : stand.otherwise);
    const asked = body.requesterNumber !== undefined;
    consultations += 1;
    const valid = {
      countryCode: country,
      vatNumber: number,
      requestDate: new Date().toISOString(),
      valid: outcome !== '200',
      requestIdentifier: asked ? `WAPIAAA${String(consultations).padStart(9, '0')}` : '',
      name: outcome === '200' ? '---' : stand.named.name,
      address: outcome === '200' ? '---' : stand.named.address,
    };
    const error = TEST_ERRORS[outcome];
    if (error !== undefined)
      send(response, 200, { actionSucceed: false, errorWrappers: [{ error }] });
    else if (!misbehave(outcome, response, valid)) send(response, 200, valid);
  }

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const country = String(body.countryCode);
    const here = (under.get(country) ?? 0) + 1;
    under.set(country, here);
    all += 1;
    stand.seen.requests += 1;
    stand.seen.perCountry = Math.max(stand.seen.perCountry, here);
    stand.seen.inAll = Math.max(stand.seen.inAll, all);
    stand.bodies.push(body);
    response.once('close', () => {
      under.set(country, (under.get(country) ?? 1) - 1);
      all -= 1;
    });
    if (stand.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, stand.delayMs));
    if (!response.destroyed) answer(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stand: ViesStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outcomes: new Map(),
    otherwise: '100',
    named: { name: 'ACME GMBH', address: 'MAIN STREET 1\n10115 BERLIN' },
    delayMs: 0,
    seen: { requests: 0, perCountry: 0, inAll: 0 },
    bodies: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stand;
}
