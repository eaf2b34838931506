import { afterAll, beforeAll, expect, it } from 'vitest';
import { newToken } from '../../../src/kernel/secrets.ts';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram } from '../../kit/program.ts';
import { customer, NOBODY } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const withHeader = (authorization: string) =>
  call(program.url, 'GET', '/api/customers/', { headers: { authorization } });

it('answers 401 with a challenge when there is no credential (1)', async () => {
  const reply = await call(program.url, 'GET', '/api/customers/');
  expect(reply.status).toBe(401);
  expect(reply.body).toEqual({ error: 'Unauthorized', detail: 'Unauthorized' });
  expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="clientele"');
});

it('answers invalid_token for garbage (2)', async () => {
  const reply = await withHeader('Bearer garbage');
  expect(reply.status).toBe(401);
  expect(Object.keys(reply.body)).toEqual(['error', 'error_description']);
  expect(reply.body.error).toBe('invalid_token');
  expect(reply.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="clientele", error="invalid_token", error_description="[^"]+"$/,
  );
  expect(reply.headers.get('cache-control')).toContain('no-store');
});

it('answers invalid_token for a well-formed token nobody issued, and for a forged checksum (2)', async () => {
  const ws = await program.workspace();
  const last = ws.token.at(-1) === 'A' ? 'B' : 'A';
  for (const token of [newToken('clientele_oat_'), ws.token.slice(0, -1) + last, `${ws.token}A`]) {
    const reply = await withHeader(`Bearer ${token}`);
    expect([reply.status, reply.body.error]).toEqual([401, 'invalid_token']);
  }
});

it('takes any other scheme, an empty or a non-ASCII token for no credential, and any case of Bearer', async () => {
  const ws = await program.workspace();
  for (const header of ['Basic YTpi', 'Bearer', 'Bearer ', 'Token abc', `Bearer t\u00f6ken`]) {
    const reply = await withHeader(header);
    expect([header, reply.status, reply.body.error]).toEqual([header, 401, 'Unauthorized']);
  }
  expect((await withHeader(`bEaReR ${ws.token}`)).status).toBe(200);
});

it('answers 403 naming the scopes of which one is missing (3)', async () => {
  const ws = await program.workspace(['members:read']);
  const reply = await ws.api('GET', '/api/customers/');
  expect(reply.status).toBe(403);
  expect(Object.keys(reply.body)).toEqual(['error', 'error_description']);
  expect(reply.body.error).toBe('insufficient_scope');
  expect(reply.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="clientele", scope="customers:read customers:write", error="insufficient_scope"/,
  );
});

it('lets customers:read read and not write (4)', async () => {
  const ws = await program.workspace(['customers:read']);
  expect((await ws.api('GET', '/api/customers/')).status).toBe(200);
  expect((await ws.api('GET', '/api/customers/export')).status).toBe(200);
  expect((await ws.api('GET', `/api/customers/${NOBODY}`)).status).toBe(404);
  for (const [method, path, body] of [
    ['POST', '/api/customers/', { email: 'a@example.com' }],
    ['PATCH', `/api/customers/${NOBODY}`, {}],
    ['DELETE', `/api/customers/${NOBODY}`, undefined],
    ['PATCH', '/api/customers/external/x', {}],
    ['DELETE', '/api/customers/external/x', undefined],
  ] as const) {
    const reply = await ws.api(method, path, body);
    expect([method, path, reply.status]).toEqual([method, path, 403]);
    expect(reply.headers.get('www-authenticate')).toContain('scope="customers:write"');
  }
});

it('lets customers:write read, too (5)', async () => {
  const ws = await program.workspace(['customers:write']);
  const made = await customer(ws);
  expect((await ws.api('GET', `/api/customers/${made.id}`)).body).toEqual(made);
  expect((await ws.api('GET', `/api/customers/${made.id}/state`)).status).toBe(200);
});

it('takes a token of another kind for no credential (7)', async () => {
  const { id } = await program.workspace();
  const tokens = ['clientele_cst_', 'clientele_mst_', 'clientele_root_'].map(newToken);
  for (const kind of ['api_key', 'secret_key', 'oauth_client']) {
    const made = await program.root('POST', `/admin/v1/workspaces/${id}/credentials`, {
      kind,
      name: kind,
      scopes: ['*'],
    });
    tokens.push(made.body.token ?? made.body.client_secret);
  }
  for (const token of tokens) {
    const reply = await withHeader(`Bearer ${token}`);
    expect([reply.status, reply.body]).toEqual([
      401,
      { error: 'Unauthorized', detail: 'Unauthorized' },
    ]);
  }
});

it('answers invalid_token once a credential has expired or was revoked (8)', async () => {
  const ws = await program.workspace();
  const credentials = `/admin/v1/workspaces/${ws.id}/credentials`;
  const made = await program.root('POST', credentials, {
    kind: 'access_token',
    name: 'short',
    scopes: ['*'],
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const short = `Bearer ${made.body.token}`;
  expect((await withHeader(short)).status).toBe(200);
  await program.database.owner('update credentials set expires_at = now() where id = $1', [
    made.body.id,
  ]);
  expect((await withHeader(short)).body.error).toBe('invalid_token');

  expect((await ws.api('GET', '/api/customers/')).status).toBe(200);
  expect((await program.root('DELETE', `${credentials}/${ws.credentialId}`)).status).toBe(204);
  expect((await ws.api('GET', '/api/customers/')).body.error).toBe('invalid_token');
  expect((await ws.api('POST', '/api/customers/', { email: 'a@example.com' })).status).toBe(401);
});

it("answers another workspace's customer like one that never was (9)", async () => {
  const [ours, theirs] = [await program.workspace(), await program.workspace()];
  const made = await customer(theirs, { external_id: 'shared-id' });
  const blind = (reply: { status: number; text: string }) => [reply.status, reply.text];
  for (const tail of ['', '/state']) {
    for (const [method, body] of tail === ''
      ? ([['GET'], ['PATCH', { name: 'x' }], ['DELETE']] as const)
      : ([['GET']] as const)) {
      expect(blind(await ours.api(method, `/api/customers/${made.id}${tail}`, body))).toEqual(
        blind(await ours.api(method, `/api/customers/${NOBODY}${tail}`, body)),
      );
      const byExternal = await ours.api(method, `/api/customers/external/shared-id${tail}`, body);
      expect(byExternal.status).toBe(404);
      expect(byExternal.body).toEqual({ error: 'ResourceNotFound', detail: 'Not found' });
    }
  }
  expect((await theirs.api('GET', `/api/customers/${made.id}`)).body).toEqual(made);
});

it('checks in the published order: token, JSON, caller, scope, then the input (§1.1)', async () => {
  const bad = await call(program.url, 'POST', '/api/customers/', { token: 'garbage', body: '{' });
  expect([bad.status, bad.body.error]).toEqual([401, 'invalid_token']);
  const json = await call(program.url, 'POST', '/api/customers/', { body: '{' });
  expect([json.status, json.body.detail[0].type]).toEqual([422, 'json_invalid']);
  for (const body of [{}, '[]', undefined]) {
    const nobody = await call(program.url, 'POST', '/api/customers/', { body });
    expect([nobody.status, nobody.body.error]).toEqual([401, 'Unauthorized']);
  }
  const text = await call(program.url, 'POST', '/api/customers/', {
    body: 'email=a',
    headers: { 'content-type': 'text/plain' },
  });
  expect([text.status, text.body.error]).toEqual([401, 'Unauthorized']);
  const reader = await program.workspace(['customers:read']);
  expect((await reader.api('POST', '/api/customers/', {})).status).toBe(403);
  expect((await reader.api('PATCH', '/api/customers/no-uuid', {})).status).toBe(403);
  expect((await reader.api('GET', '/api/customers/no-uuid')).status).toBe(422);
});

it('grants every resource by its own scopes and nothing by default', async () => {
  const calls: [string, string, object | undefined, string][] = [
    ['GET', '/api/members/', undefined, 'members:read'],
    ['POST', '/api/members/', {}, 'members:write'],
    ['GET', '/api/meters/', undefined, 'meters:read'],
    ['POST', '/api/meters/', {}, 'meters:write'],
    ['POST', `/api/customers/${NOBODY}/meters/${NOBODY}/credits`, {}, 'meters:write'],
    ['GET', '/api/events', undefined, 'events:read'],
    ['POST', '/api/events/ingest', {}, 'events:write'],
    ['GET', '/api/customers/', undefined, 'customers:read'],
    ['POST', '/api/customers/', {}, 'customers:write'],
  ];
  for (const scope of ['members', 'meters', 'events', 'customers'].flatMap((r) => [
    `${r}:read`,
    `${r}:write`,
  ])) {
    const ws = await program.workspace([scope]);
    for (const [method, path, body, wanted] of calls) {
      const allowed = scope === wanted || scope === wanted.replace(':read', ':write');
      const reply = await ws.api(method, path, body);
      expect([scope, method, path, reply.status !== 403]).toEqual([scope, method, path, allowed]);
    }
  }
});
