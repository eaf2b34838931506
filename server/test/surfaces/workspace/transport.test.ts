import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY, UUID4 } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

/** Sends bytes as they are, past what a client library would mend. */
function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(program.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}

const get = (path: string, token: string) =>
  raw(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );

it('sends the security headers and a request id of its own with every reply, good or bad', async () => {
  const ws = await program.workspace();
  const { id } = await customer(ws);
  const seen = new Set<string>();
  for (const [method, path, body, token] of [
    ['GET', '/api/customers/', undefined, ws.token],
    ['GET', '/api/customers/export', undefined, ws.token],
    ['POST', '/api/customers/', { email: 'x' }, ws.token],
    ['DELETE', `/api/customers/${id}`, undefined, ws.token],
    ['GET', '/api/customers/', undefined, undefined],
    ['GET', '/api/customers/', undefined, 'garbage'],
    ['PUT', '/api/customers/', undefined, ws.token],
    ['GET', '/api/nowhere', undefined, ws.token],
    ['GET', '/', undefined, undefined],
    ['GET', '/api/customers/%zz', undefined, ws.token],
    ['POST', '/api/customers/', 'x'.repeat(1_100_000), ws.token],
    ['GET', '/livez', undefined, undefined],
  ] as const) {
    const reply = await call(program.url, method, path, {
      ...(token === undefined ? {} : { token }),
      body,
    });
    const where = `${method} ${path} ${reply.status}`;
    const header = (name: string) => `${where}: ${reply.headers.get(name)}`;
    expect(header('x-content-type-options')).toBe(`${where}: nosniff`);
    expect(header('x-frame-options')).toBe(`${where}: DENY`);
    expect(header('referrer-policy')).toBe(`${where}: no-referrer`);
    expect(header('strict-transport-security')).toContain('max-age=');
    expect(header('content-security-policy')).toContain("default-src 'none'");
    expect(header('permissions-policy')).not.toContain('null');
    expect(header('cache-control')).toContain('no-store');
    expect(reply.headers.get('x-request-id'), where).toMatch(UUID4);
    seen.add(reply.headers.get('x-request-id') as string);
  }
  expect(seen.size).toBe(12);
});

it('lets any origin call, without credentials, and answers the preflight for ten minutes', async () => {
  const origin = { origin: 'https://shop.example' };
  const preflight = await call(program.url, 'OPTIONS', '/api/customers/', {
    headers: {
      ...origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-credentials')).toBe(null);
  expect(preflight.headers.get('access-control-max-age')).toBe('600');
  for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']) {
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
  }
  for (const header of ['authorization', 'content-type', 'idempotency-key', 'if-match']) {
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(header);
  }
  const ws = await program.workspace();
  const reply = await ws.api('GET', '/api/customers/', undefined, origin);
  expect(reply.headers.get('access-control-allow-origin')).toBe('*');
  const exposed = reply.headers.get('access-control-expose-headers')?.toLowerCase();
  for (const header of [
    'etag',
    'x-request-id',
    'retry-after',
    'idempotent-replayed',
    'ratelimit-remaining',
  ]) {
    expect(exposed).toContain(header);
  }
  const refused = await call(program.url, 'GET', '/api/customers/', { headers: origin });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
});

it('answers an unknown route with 404 in the published shape', async () => {
  const ws = await program.workspace();
  for (const path of [
    '/api',
    '/api/',
    '/api/nowhere',
    '/api/customers/a/b/c',
    '/API/customers/',
    '/nowhere',
    '/',
    `/api/customers/${NOBODY}/meters`,
    '/v1/customers',
  ]) {
    const reply = await ws.api('GET', path);
    expect([path, reply.status, reply.body]).toEqual([path, 404, { detail: 'Not Found' }]);
  }
});

it('answers a wrong method with 405 and what is allowed', async () => {
  const ws = await program.workspace();
  const { id } = await customer(ws, { external_id: 'x' });
  for (const [method, path, allow] of [
    ['PUT', '/api/customers/', ['GET', 'POST']],
    ['DELETE', '/api/customers', ['GET', 'POST']],
    ['POST', `/api/customers/${id}`, ['DELETE', 'GET', 'PATCH']],
    ['PUT', '/api/customers/external/x', ['DELETE', 'GET', 'PATCH']],
    ['POST', `/api/customers/${id}/state`, ['GET']],
    ['POST', '/api/customers/export', ['GET']],
    ['GET', '/api/customers/import', ['POST']],
    ['GET', '/api/events/ingest', ['POST']],
    ['PATCH', '/api/meters/', ['GET', 'POST']],
    ['PUT', `/api/members/${NOBODY}`, ['DELETE', 'GET', 'PATCH']],
  ] as const) {
    const reply = await ws.api(method, path, method === 'GET' ? undefined : {});
    expect([method, path, reply.status, reply.body]).toEqual([
      method,
      path,
      405,
      { detail: 'Method Not Allowed' },
    ]);
    expect(reply.headers.get('allow')?.split(', ').sort()).toEqual([...allow]);
  }
  expect((await ws.api('HEAD', '/api/customers/')).status).toBe(405);
});

it('answers malformed percent-encoding and unreadable paths in the published shape', async () => {
  const ws = await program.workspace();
  for (const path of [
    '/api/customers/%zz',
    '/api/customers/external/%ff',
    '/api/customers/external/%E0%A4%A',
    '/api/%',
  ]) {
    const reply = await get(path, ws.token);
    expect([path, reply.split('\r\n')[0]]).toEqual([path, 'HTTP/1.1 400 Bad Request']);
    expect(JSON.parse(reply.split('\r\n\r\n')[1] as string)).toEqual({
      error: 'BadRequest',
      detail: expect.any(String),
    });
  }
  for (const path of [
    '/api/customers/?metadata[%zz]=%ff',
    '/api/customers/?%',
    '/api/customers/?=&&==',
  ]) {
    expect((await get(path, ws.token)).split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
  }
  const nul = await ws.api('GET', '/api/customers/external/a%00b');
  expect([nul.status, nul.body.detail[0].loc]).toEqual([422, ['path', 'external_id']]);
  const query = await ws.api('GET', '/api/customers/?metadata[a]=%00&query=%00');
  expect([query.status, query.body.detail.length]).toEqual([422, 2]);
});

it('survives very long paths and headers', async () => {
  const ws = await program.workspace();
  for (const size of [1_000, 5_000, 10_000]) {
    const reply = await ws.api('GET', `/api/customers/${'a'.repeat(size)}`);
    expect([404, 422]).toContain(reply.status);
    expect((await ws.api('GET', `/api/customers/external/${'a'.repeat(size)}`)).status).toBe(404);
  }
  expect(await get(`/api/customers/${'a'.repeat(40_000)}`, ws.token)).toMatch(
    /^HTTP\/1\.1 4(14|31) /,
  );
  expect((await ws.api('GET', '/api/customers/')).status).toBe(200);
});
