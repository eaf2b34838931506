import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newToken } from '../../src/kernel/secrets.ts';
import {
  type CredentialKind,
  credentialKinds,
  scopesOf,
} from '../../src/modules/credentials/index.ts';
import { ROOT_TOKEN, startProgram, type TestProgram } from '../kit/program.ts';
import { type Listed, operations, send } from './operations.ts';

const kinds = Object.keys(credentialKinds) as CredentialKind[];

let program: TestProgram;
let workspaceId: string;
/** Live tokens: one of each kind for everything, and one for every single scope. */
const whole = new Map<CredentialKind, string>();
const single = new Map<string, string>();
/** Tokens of each kind that have ended, by how. */
const ended = new Map<string, Map<CredentialKind, string>>();

async function issue(workspace: string, kind: CredentialKind, scopes: string[]) {
  const path = `/admin/v1/workspaces/${workspace}/credentials`;
  const { body } = await program.root('POST', path, { kind, name: 'law', scopes });
  return { id: body.id as string, token: (body.token ?? body.client_secret) as string };
}

beforeAll(async () => {
  program = await startProgram();
  workspaceId = (await program.workspace()).id;
  const blocked = (await program.workspace()).id;
  for (const how of ['expired', 'revoked', 'blocked']) ended.set(how, new Map());
  for (const kind of kinds) {
    whole.set(kind, (await issue(workspaceId, kind, ['*'])).token);
    for (const scope of scopesOf(kind)) {
      single.set(`${kind} ${scope}`, (await issue(workspaceId, kind, [scope])).token);
    }
    const revoked = await issue(workspaceId, kind, ['*']);
    const expired = await issue(workspaceId, kind, ['*']);
    await program.root('DELETE', `/admin/v1/workspaces/${workspaceId}/credentials/${revoked.id}`);
    await program.database.owner(
      `update credentials set expires_at = now() - interval '1 second' where id = $1`,
      [expired.id],
    );
    ended.get('revoked')?.set(kind, revoked.token);
    ended.get('expired')?.set(kind, expired.token);
    ended.get('blocked')?.set(kind, (await issue(blocked, kind, ['*'])).token);
  }
  await program.root('PATCH', `/admin/v1/workspaces/${blocked}`, { blocked: true });
}, 120_000);
afterAll(() => program.close());

const refused = (status: number) => status === 401 || status === 403;

async function statusOf({ operation }: Listed, token: string | undefined): Promise<number> {
  return (await send(program.url, operation, token)).status;
}

describe.each(operations)('$name', (listed) => {
  const { access } = listed.operation;
  const isOpen = access.by === 'nobody';

  it('asks nobody in without a credential, unless it is public', async () => {
    expect(refused(await statusOf(listed, undefined))).toBe(!isOpen);
  });

  it('takes no token that was made up, be it well formed', async () => {
    const madeUp = ['x', 'a.b.c', randomBytes(200).toString('hex')];
    for (const kind of kinds) madeUp.push(newToken(credentialKinds[kind].prefix));
    if (isOpen) return;
    for (const token of madeUp) expect(await statusOf(listed, token)).toBe(401);
  });

  it('takes the root token where it is the operator’s, and only there', async () => {
    const status = await statusOf(listed, ROOT_TOKEN);
    if (access.by === 'root') expect(refused(status)).toBe(false);
    if (access.by === 'credential') expect(status).toBe(401);
  });

  it('takes the credentials of its own surface alone', async () => {
    for (const kind of kinds) {
      const status = await statusOf(listed, whole.get(kind));
      const mine = isOpen || (access.by === 'credential' && kind === listed.kind);
      expect([kind, refused(status)]).toEqual([kind, !mine]);
      if (!mine) expect(status).toBe(401);
    }
  });

  it('takes exactly the scopes its contract names', async () => {
    if (access.by !== 'credential' || listed.kind === undefined) return;
    for (const scope of scopesOf(listed.kind)) {
      const status = await statusOf(listed, single.get(`${listed.kind} ${scope}`));
      const allowed = access.scopes?.includes(scope) === true;
      expect([scope, refused(status)]).toEqual([scope, !allowed]);
      if (!allowed) expect(status).toBe(403);
    }
  });

  it.each(['expired', 'revoked', 'blocked'])('takes no %s credential', async (how) => {
    if (isOpen) return;
    for (const kind of kinds) {
      expect(await statusOf(listed, ended.get(how)?.get(kind))).toBe(401);
    }
  });
});

it('opens no operation of a credential without naming scopes of its surface', () => {
  for (const { name, operation, kind } of operations) {
    if (operation.access.by !== 'credential') continue;
    const known = kind === undefined ? [] : scopesOf(kind);
    const scopes = operation.access.scopes ?? [];
    expect([name, scopes.length > 0 && scopes.every((s) => known.includes(s))]).toEqual([
      name,
      true,
    ]);
  }
});

it('ends a credential that was just in use', async () => {
  const ws = await program.workspace();
  const list = () => ws.api('GET', '/api/customers/');
  expect((await list()).status).toBe(200);
  await program.root('DELETE', `/admin/v1/workspaces/${ws.id}/credentials/${ws.credentialId}`);
  expect((await list()).status).toBe(401);

  const other = await program.workspace();
  expect((await other.api('GET', '/api/customers/')).status).toBe(200);
  await program.root('PATCH', `/admin/v1/workspaces/${other.id}`, { blocked: true });
  expect((await other.api('GET', '/api/customers/')).status).toBe(401);
  await program.root('PATCH', `/admin/v1/workspaces/${other.id}`, { blocked: false });
  expect((await other.api('GET', '/api/customers/')).status).toBe(200);
  await program.root('DELETE', `/admin/v1/workspaces/${other.id}`);
  expect((await other.api('GET', '/api/customers/')).status).toBe(401);
});
