import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import { type PaymentsProgram, startPayments } from '../../kit/payments.ts';
import type { TestWorkspace } from '../../kit/program.ts';
import { newTeam, portal } from '../portal/portal-kit.ts';

const PATH = '/payment-methods';

let program: PaymentsProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startPayments('sandbox');
  ws = await program.workspace();
});
afterAll(() => program.close());

async function waiting(return_url = 'http://localhost:3000/done?x=1', sessionUrl?: string) {
  const team = await newTeam(ws);
  const opened = await ws.api('POST', '/api/customer-sessions/', {
    customer_id: team.id,
    return_url: sessionUrl ?? null,
  });
  const api = portal(program, opened.body.token);
  const body = { confirmation_token_id: 'ctoken_3ds', return_url };
  const secret: string = (await api('POST', PATH, body)).body.client_secret;
  const [id = ''] = secret.split('_secret_');
  const list = async () => (await api('GET', PATH)).body;
  return { api, id, secret, list };
}

const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  call(program.url, 'POST', path, { body, headers });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** The place a page leads on to. */
const leadsTo = (html: string) =>
  /href="([^"]*)"/.exec(html)?.[1]?.replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)));

it('shows a person what there is to decide, and sends them back with the outcome', async () => {
  const { id, secret, list } = await waiting();
  const path = `/sandbox/setup-intents/${id}`;
  const page = await call(program.url, 'GET', `${path}?client_secret=${secret}`);
  expect([page.status, page.headers.get('content-type')]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
  expect(page.text).toContain('Approve');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const decided = await post(`${path}/approve`, `client_secret=${secret}`, form);
  const url = new URL(leadsTo(decided.text) ?? '');
  expect([url.origin, url.pathname, url.searchParams.get('x')]).toEqual([
    'http://localhost:3000',
    '/done',
    '1',
  ]);
  expect(url.searchParams.get('setup_intent')).toBe(id);
  expect(url.searchParams.get('redirect_status')).toBe('succeeded');
  await program.settle();
  expect(await list()).toHaveLength(1);
  const after = await call(program.url, 'GET', `${path}?client_secret=${secret}`);
  expect(after.text).toContain('approved');
});

it('shows and decides nothing without the secret', async () => {
  const { id, secret, list } = await waiting();
  const path = `/sandbox/setup-intents/${id}`;
  expect((await call(program.url, 'GET', path)).text).not.toContain(secret);
  expect((await call(program.url, 'GET', `${path}?client_secret=wrong`)).status).toBe(404);
  for (const body of [{}, { client_secret: 'wrong' }, { client_secret: 7 }, [], '{', '']) {
    const refused = await post(`${path}/approve`, body, { 'content-type': 'application/json' });
    expect([refused.status, refused.body.error]).toEqual([404, 'ResourceNotFound']);
  }
  const other = await post('/sandbox/setup-intents/seti_none/approve', { client_secret: secret });
  expect(other.status).toBe(404);
  await program.settle();
  expect(await list()).toEqual([]);
});

it.each(['%00', '%ff', '..%2f..', "'%3b--", 'x'.repeat(1_000)])(
  'knows no set-up by the name of %s',
  async (id) => {
    const path = `/sandbox/setup-intents/${id}`;
    const shown = await call(program.url, 'GET', `${path}?client_secret=x`);
    const decided = await post(`${path}/approve`, { client_secret: 'x' });
    for (const { status } of [shown, decided]) expect([400, 404]).toContain(status);
  },
);

it('decides once', async () => {
  const { id, secret, list } = await waiting();
  const decide = async (how: string) =>
    (await post(`/sandbox/setup-intents/${id}/${how}`, { client_secret: secret })).body;
  expect(await decide('refuse')).toEqual({ id, status: 'refused' });
  expect(await decide('approve')).toEqual({ id, status: 'refused' });
  await program.settle();
  expect(await list()).toEqual([]);
});

it.each([
  ['http://localhost:3000/done', 'http://localhost:3000/done'],
  ['/done', 'http://localhost:3000/done'],
  ['https://shop.example/account', 'https://shop.example/account'],
  ['https://evil.example/', 'PORTAL'],
  ['//evil.example/', 'PORTAL'],
  ['/\\evil.example/', 'PORTAL'],
  ['https://shop.example.evil.example/', 'PORTAL'],
  ['https://shop.example@evil.example/', 'PORTAL'],
  ['https://user:word@shop.example/', 'PORTAL'],
  ['javascript:alert(1)', 'PORTAL'],
  ['data:text/html,x', 'PORTAL'],
  ['ftp://shop.example/', 'PORTAL'],
  ['http://[', 'PORTAL'],
  ['', 'PORTAL'],
])('sends a person who wanted to go to %s to %s', async (wanted, place) => {
  const { id, secret } = await waiting(wanted, 'https://shop.example/');
  const { text } = await post(
    `/sandbox/setup-intents/${id}/refuse`,
    `client_secret=${secret}`,
    form,
  );
  const url = new URL(leadsTo(text) ?? '');
  const portalRoot = /^http:\/\/localhost:3000\/[a-z0-9-]+\/portal$/;
  const at = `${url.origin}${url.pathname}`;
  if (place === 'PORTAL') expect(at).toMatch(portalRoot);
  else expect(at).toBe(place);
});

it('answers 502 where the sandbox fails, and a new try is a new one', async () => {
  const { api, list } = await waiting();
  const add = (token: string) =>
    api('POST', PATH, { confirmation_token_id: token, return_url: '/' });
  for (let i = 0; i < 2; i += 1) {
    const failed = await add('ctoken_processing_error');
    expect([failed.status, failed.body.error]).toEqual([502, 'PaymentProviderUnavailable']);
  }
  await program.reconcile('all');
  expect(await list()).toEqual([]);
  expect((await add('ctoken_visa')).status).toBe(201);
});

it('adds one method per request, two for two with one token', async () => {
  const { api, list } = await waiting();
  const body = { confirmation_token_id: 'ctoken_visa', return_url: '/' };
  await api('POST', PATH, body);
  await api('POST', PATH, body);
  expect(await list()).toHaveLength(2);
});
