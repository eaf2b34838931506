import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allJobs } from '../../../src/jobs/index.ts';
import { looksLikeToken } from '../../../src/kernel/secrets.ts';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { NOBODY, problems } from '../workspace/common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

const of = (ws: TestWorkspace) => `/admin/v1/workspaces/${ws.id}/credentials`;
const issue = (ws: TestWorkspace, fields: object = {}, headers = {}) =>
  program.root(
    'POST',
    of(ws),
    { kind: 'access_token', name: 'n', scopes: ['*'], ...fields },
    headers,
  );
const use = async (token: string) =>
  (await call(program.url, 'GET', '/api/customers/', { token })).status;

it('issues each of the four kinds with its own prefix, checksum and scopes', async () => {
  const ws = await program.workspace();
  for (const [kind, prefix, scopes] of [
    ['access_token', 'clientele_oat_', 14],
    ['api_key', 'clientele_ak_', 8],
    ['oauth_client', 'clientele_cs_', 4],
    ['secret_key', 'clientele_sk_', 10],
  ] as const) {
    const { status, body } = await issue(ws, { kind, name: ` ${kind} ` });
    expect(status).toBe(201);
    const secret = kind === 'oauth_client' ? body.client_secret : body.token;
    expect(secret).toMatch(new RegExp(`^${prefix}[A-Za-z0-9_-]{48}$`));
    expect(looksLikeToken(prefix, secret)).toBe(true);
    expect(body).toMatchObject({ kind, name: kind, expires_at: null });
    expect(body.scopes).toHaveLength(scopes);
    expect(body.client_id === undefined).toBe(kind !== 'oauth_client');
    expect(body.token === undefined).toBe(kind === 'oauth_client');
  }
});

it('shows the secret once, and keeps only a keyed hash of it', async () => {
  const ws = await program.workspace();
  const { body } = await issue(ws, {
    name: 'shown once',
    scopes: ['customers:read', 'customers:read'],
  });
  const listed = await program.root('GET', of(ws));
  expect(listed.text).not.toContain(body.token);
  const { token: _, ...facts } = body;
  expect(listed.body.data[0]).toEqual({
    ...facts,
    client_id: null,
    revoked_at: null,
    last_used_at: null,
  });
  expect(facts.scopes).toEqual(['customers:read']);
  const rows = await program.database.owner<{ row: string }>(
    'select to_jsonb(c)::text as row from credentials c',
  );
  expect(JSON.stringify(rows)).not.toContain(body.token.slice(-40));
});

it('denies by default: no, unknown and unfitting scopes are refused', async () => {
  const ws = await program.workspace();
  const refused = async (fields: object) => problems(await issue(ws, fields));
  expect(await refused({ scopes: [] })).toEqual(['value_error at body.scopes']);
  expect(await refused({ scopes: undefined })).toEqual(['missing at body.scopes']);
  expect(await refused({ scopes: null })).toEqual(['list_type at body.scopes']);
  expect(await refused({ scopes: ['customers:read', 'nope', 'customers'] })).toEqual([
    'value_error at body.scopes.1',
    'value_error at body.scopes.2',
  ]);
  expect(await refused({ scopes: ['wallets:read'] })).toEqual(['value_error at body.scopes.0']);
  expect(await refused({ kind: 'oauth_client', scopes: ['members:read'] })).toEqual([
    'value_error at body.scopes.0',
  ]);
  expect(await refused({ scopes: ['*', 'customers:read'] })).toEqual([
    'value_error at body.scopes',
  ]);
  expect(await refused({ kind: 'password' })).toEqual(['enum at body.kind']);
  expect(await refused({ name: ' ' })).toEqual(['string_too_short at body.name']);
  for (const expires_at of ['2020-01-01T00:00:00Z', 'tomorrow', '2030-01-01', 5]) {
    expect((await refused({ expires_at }))[0]).toMatch(/at body\.expires_at$/);
  }
  expect((await program.root('GET', of(ws))).body.data).toHaveLength(1);
});

it('ends a credential at its expiry', async () => {
  const ws = await program.workspace();
  const expires_at = new Date(Date.now() + 60_000).toISOString();
  const { body } = await issue(ws, { expires_at: expires_at.replace('Z', '+00:00') });
  expect(body.expires_at).toBe(expires_at);
  expect(await use(body.token)).toBe(200);
  await program.database.owner(
    "update credentials set expires_at = now() - interval '1 ms' where id = $1",
    [body.id],
  );
  expect(await use(body.token)).toBe(401);
  // Nothing can be handed on from it.
  expect((await program.root('POST', `${of(ws)}/${body.id}/rotate`, {})).status).toBe(404);
});

it('rotates with an overlap, and ends the old secret at once without one (decision 25)', async () => {
  const ws = await program.workspace();
  const { body: old } = await issue(ws, { name: 'r', scopes: ['customers:read'] });
  expect(await use(old.token)).toBe(200);
  const rotate = (id: string, body: object) => program.root('POST', `${of(ws)}/${id}/rotate`, body);
  const next = await rotate(old.id, { overlap_seconds: 60 });
  expect(next.status).toBe(201);
  expect(next.body).toMatchObject({
    kind: 'access_token',
    name: 'r',
    scopes: ['customers:read'],
    expires_at: null,
  });
  expect(next.body.id).not.toBe(old.id);
  expect([await use(old.token), await use(next.body.token)]).toEqual([200, 200]);
  const ends = (await program.root('GET', of(ws))).body.data.find(
    (c: { id: string }) => c.id === old.id,
  ).expires_at;
  expect(Math.abs(Date.parse(ends) - Date.now() - 60_000)).toBeLessThan(20_000);
  await program.database.owner('update credentials set expires_at = now() where id = $1', [old.id]);
  expect([await use(old.token), await use(next.body.token)]).toEqual([401, 200]);

  const last = await rotate(next.body.id, {});
  expect([await use(next.body.token), await use(last.body.token)]).toEqual([401, 200]);
  expect((await rotate(next.body.id, {})).status).toBe(404);
  expect((await rotate(NOBODY, {})).status).toBe(404);
  for (const overlap_seconds of [-1, 604_801, 1.5, '60']) {
    expect(problems(await rotate(last.body.id, { overlap_seconds }))).toHaveLength(1);
  }
  const { body: client } = await issue(ws, { kind: 'oauth_client' });
  const rotated = (await rotate(client.id, {})).body;
  expect(rotated.client_secret).not.toBe(client.client_secret);
});

it('revokes at once, once, and only in its own workspace', async () => {
  const [ws, other] = [await program.workspace(), await program.workspace()];
  const { body } = await issue(ws);
  expect(await use(body.token)).toBe(200);
  expect((await program.root('DELETE', `${of(other)}/${body.id}`)).status).toBe(404);
  expect((await program.root('POST', `${of(other)}/${body.id}/rotate`, {})).status).toBe(404);
  expect(await use(body.token)).toBe(200);
  expect((await program.root('DELETE', `${of(ws)}/${body.id}`)).status).toBe(204);
  expect(await use(body.token)).toBe(401);
  expect((await program.root('DELETE', `${of(ws)}/${body.id}`)).status).toBe(404);
  const listed = (await program.root('GET', of(ws))).body.data.find(
    (c: { id: string }) => c.id === body.id,
  );
  expect(listed.revoked_at).not.toBe(null);
  // Even where nothing of the database is read for the answer.
  const nowhere = await call(program.url, 'GET', `/api/customers/?workspace_id=${NOBODY}`, {
    token: body.token,
  });
  expect(nowhere.status).toBe(401);
});

it('shows the secret again when the creation is replayed (decision 15)', async () => {
  const ws = await program.workspace();
  const header = { 'idempotency-key': randomUUID() };
  const fields = { name: 'replayed', scopes: ['customers:read'] };
  const first = await issue(ws, fields, header);
  const again = await issue(ws, fields, header);
  expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([
    201,
    first.text,
    'true',
  ]);
  expect(await use(again.body.token)).toBe(200);
  const kept = await program.database.owner<{ row: string }>(
    'select to_jsonb(k)::text as row from idempotency_keys k',
  );
  expect(JSON.stringify(kept)).not.toContain(first.body.token.slice(-40));
  const rotation = { 'idempotency-key': randomUUID() };
  const rotate = () =>
    program.root('POST', `${of(ws)}/${first.body.id}/rotate`, { overlap_seconds: 9 }, rotation);
  const rotated = await rotate();
  expect((await rotate()).text).toBe(rotated.text);
});

it('notes when a credential was last used', async () => {
  const ws = await program.workspace();
  const before = Date.now();
  await ws.api('GET', '/api/customers/');
  await allJobs(program.app)
    .find((job) => job.name === 'write_last_uses')
    ?.run();
  const listed = async () => (await program.root('GET', of(ws))).body.data[0];
  const first = await listed();
  expect(Math.abs(Date.parse(first.last_used_at) - before)).toBeLessThan(60_000);
  await allJobs(program.app)
    .find((job) => job.name === 'write_last_uses')
    ?.run();
  expect((await listed()).last_used_at).toBe(first.last_used_at);
});
