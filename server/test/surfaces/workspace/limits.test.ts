import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import { ROOT_TOKEN, startProgram, type TestProgram } from '../../kit/program.ts';

const LIMIT = 12;

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram({ rateLimit: LIMIT, trustProxy: 1 });
});
afterAll(() => program.close());

/** The operator's calls count per address, so each test brings its own. */
let address = 0;
async function credentials(count: number): Promise<string[]> {
  address += 1;
  const headers = { 'x-forwarded-for': `10.0.0.${address}` };
  const root = (path: string, body: object) =>
    call(program.url, 'POST', `/admin/v1/workspaces${path}`, { token: ROOT_TOKEN, body, headers });
  const ws = await root('', { name: 'W', slug: `limited-${address}` });
  const tokens = [];
  for (let i = 0; i < count; i += 1) {
    const made = await root(`/${ws.body.id}/credentials`, {
      kind: 'access_token',
      name: 't',
      scopes: ['*'],
    });
    tokens.push(made.body.token);
  }
  return tokens;
}

it('tells with every answer how many requests are left, and refuses one too many (decision 19)', async () => {
  const [token, other] = (await credentials(2)) as [string, string];
  const get = (t: string, path = '/api/customers/') => call(program.url, 'GET', path, { token: t });
  for (let left = LIMIT - 1; left >= 0; left -= 1) {
    const path = left % 2 === 0 ? '/api/customers/' : '/api/customers/no-uuid';
    const reply = await get(token, path);
    expect(reply.status).toBe(left % 2 === 0 ? 200 : 422);
    expect(reply.headers.get('ratelimit-limit')).toBe(String(LIMIT));
    expect(reply.headers.get('ratelimit-remaining')).toBe(String(left));
    expect(Number(reply.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
  }
  const refused = await get(token);
  expect(refused.status).toBe(429);
  expect(refused.body).toEqual({ error: 'RateLimited', detail: expect.any(String) });
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  expect(refused.headers.get('ratelimit-remaining')).toBe('0');
  expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
  // Another credential of the same workspace has a bucket of its own.
  expect((await get(other)).status).toBe(200);
});

it('does not keep a 429 for its Idempotency-Key', async () => {
  const [token] = (await credentials(1)) as [string];
  const post = (key: string) =>
    call(program.url, 'POST', '/api/customers/', {
      token,
      body: { email: 'x@example.com' },
      headers: { 'idempotency-key': key },
    });
  for (let i = 0; i < LIMIT; i += 1) await post('spent');
  expect((await post('late')).status).toBe(429);
  const kept = await program.database.owner<{ n: number }>(
    'select count(*)::int as n from idempotency_keys where status = 429',
  );
  expect(kept[0]?.n).toBe(0);
});

it('counts callers without a credential by address, whatever they claim further left', async () => {
  const get = (forwarded: string) =>
    call(program.url, 'GET', '/api/customers/', { headers: { 'x-forwarded-for': forwarded } });
  for (let i = 0; i < LIMIT; i += 1)
    expect((await get(`1.2.3.${i}, 203.0.113.9`)).status).toBe(401);
  expect((await get('9.9.9.9, 203.0.113.9')).status).toBe(429);
  expect((await get('203.0.113.9, 203.0.113.10')).status).toBe(401);
  for (let i = 0; i < LIMIT; i += 1) await get(`2001:db8:1:2::${i}`);
  expect((await get('2001:db8:1:2:ffff::1')).status).toBe(429);
  expect((await get('2001:db8:1:3::1')).status).toBe(401);
});
