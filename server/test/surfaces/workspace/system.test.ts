import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const get = (path: string) => call(program.url, 'GET', path);

it('says that it lives, and whether it should be sent requests', async () => {
  expect((await get('/livez')).body).toEqual({ status: 'ok' });
  expect((await get('/readyz')).body).toEqual({ status: 'ready', payments: 'sandbox' });
  program.readiness.draining = true;
  const draining = await get('/readyz');
  program.readiness.draining = false;
  expect([draining.status, draining.body]).toEqual([503, { status: 'draining' }]);
});

it('counts requests by operation and status, and names nobody in its metrics', async () => {
  const ws = await program.workspace();
  const made = await customer(ws, { email: 'metric@example.com', external_id: 'metric-id' });
  await ws.api('GET', `/api/customers/${made.id}`);
  await ws.api('GET', '/api/customers/external/metric-id?query=metric');
  const reply = await get('/metrics');
  expect(reply.headers.get('content-type')).toContain('text/plain');
  expect(reply.text).toMatch(
    /duration_seconds_count\{surface="workspace",operation="customers_get",status="200"\} [1-9]/,
  );
  expect(reply.text).toContain('operation="customers_create",status="201"');
  for (const trace of [made.id, ws.id, 'metric-id', 'metric@']) {
    expect(reply.text).not.toContain(trace);
  }
});

it('serves the contract of each surface and a page to read it on', async () => {
  for (const surface of ['workspace', 'admin']) {
    const { status, body } = await get(`/openapi/${surface}.json`);
    expect([status, body.openapi]).toEqual([200, expect.stringMatching(/^3\.1\./)]);
    const page = await get(`/docs?surface=${surface}`);
    expect(page.text).toContain(`/openapi/${surface}.json`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  }
  expect((await get('/docs?surface="><script>')).text).not.toContain('"><script>');
  expect((await get('/docs/rapidoc-min.js')).headers.get('content-type')).toContain('javascript');
  expect((await get('/openapi/nowhere.json')).status).toBe(404);
});
