import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PortalRole } from '../../src/kernel/caller.ts';
import { newToken } from '../../src/kernel/secrets.ts';
import {
  type CredentialKind,
  credentialKinds,
  scopesOf,
} from '../../src/modules/credentials/index.ts';
import { call } from '../kit/call.ts';
import { ROOT_TOKEN, startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';
import { type Listed, operations, send } from './operations.ts';

const roles: PortalRole[] = ['customer', 'owner', 'billing_manager', 'member'];
const kinds = Object.keys(credentialKinds) as CredentialKind[];

let program: TestProgram;
let workspaceId: string;
/** Live tokens: one of each kind for everything, and one for every single scope. */
const whole = new Map<CredentialKind, string>();
const single = new Map<string, string>();
/** Tokens of each kind that have ended, by how. */
const ended = new Map<string, Map<CredentialKind, string>>();
/** A new portal session of a role, and tokens of sessions that ended, by how they did. */
let session: (role: PortalRole) => Promise<string>;
const endedSessions = new Map<string, string>();

async function issue(workspace: string, kind: CredentialKind, scopes: string[]) {
  const path = `/admin/v1/workspaces/${workspace}/credentials`;
  const { body } = await program.root('POST', path, { kind, name: 'law', scopes });
  return { id: body.id as string, token: (body.token ?? body.client_secret) as string };
}

/** A team with a member of each role, and a session for any of them. */
async function team(ws: TestWorkspace) {
  const made = async (path: string, body: unknown) => (await ws.api('POST', path, body)).body;
  const email = () => `${randomBytes(6).toString('hex')}@example.com`;
  const customer = await made('/api/customers/', { email: email(), type: 'team' });
  const ids = new Map<PortalRole, string | null>([
    ['customer', null],
    ['owner', customer.members[0].id],
  ]);
  for (const role of ['billing_manager', 'member'] as const) {
    const body = { customer_id: customer.id, email: email(), role };
    ids.set(role, (await made('/api/members/', body)).id);
  }
  const open = async (role: PortalRole): Promise<string> => {
    const body = { customer_id: customer.id, member_id: ids.get(role) };
    return (await made('/api/customer-sessions/', body)).token;
  };
  return { customerId: customer.id as string, ids, open };
}

async function endSessions(ws: TestWorkspace, blocked: TestWorkspace): Promise<void> {
  const { ids, open } = await team(ws);
  const signOut = await open('owner');
  await call(program.url, 'DELETE', '/api/customer-portal/customer-session', { token: signOut });
  endedSessions.set('signed out', signOut);
  endedSessions.set('expired', await open('owner'));
  await program.database.owner(
    `update portal_sessions set expires_at = now() - interval '1 second'
     where member_id = $1 and ended_at is null`,
    [ids.get('owner')],
  );
  endedSessions.set('removed member’s', await open('member'));
  await ws.api('DELETE', `/api/members/${ids.get('member')}`);
  endedSessions.set('changed role’s', await open('billing_manager'));
  await ws.api('PATCH', `/api/members/${ids.get('billing_manager')}`, { role: 'member' });
  for (const erase of [false, true]) {
    const gone = await team(ws);
    endedSessions.set(erase ? 'erased customer’s' : 'deleted customer’s', await gone.open('owner'));
    await ws.api('DELETE', `/api/customers/${gone.customerId}?anonymize=${erase}`);
  }
  endedSessions.set('blocked workspace’s', await (await team(blocked)).open('owner'));
}

beforeAll(async () => {
  program = await startProgram();
  const ws = await program.workspace();
  workspaceId = ws.id;
  const blockedWorkspace = await program.workspace();
  const blocked = blockedWorkspace.id;
  session = (await team(ws)).open;
  await endSessions(ws, blockedWorkspace);
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

const NOT_THIS_ROLE = 'Your role does not allow this';
const refused = (status: number) => status === 401 || status === 403;

async function statusOf({ operation }: Listed, token: string | undefined): Promise<number> {
  const { status, body } = await send(program.url, operation, token);
  // A public operation asks for a code or a state, and may refuse that; some of the portal refuse
  // what they do not find like what is not permitted.
  const { by } = operation.access;
  const own =
    (by === 'nobody' && !['invalid_token', 'Unauthorized'].includes(body?.error)) ||
    (by === 'session' && body?.error === 'NotPermitted' && body.detail !== NOT_THIS_ROLE);
  return own && refused(status) ? 200 : status;
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
    if (access.by === 'credential' || access.by === 'session') expect(status).toBe(401);
  });

  it('takes the credentials of its own surface alone', async () => {
    for (const kind of kinds) {
      const status = await statusOf(listed, whole.get(kind));
      const mine = isOpen || (access.by === 'credential' && kind === listed.kind);
      expect([kind, refused(status)]).toEqual([kind, !mine]);
      if (!mine) expect(status).toBe(401);
    }
  });

  it('takes the portal sessions of exactly the roles its contract names', async () => {
    for (const role of roles) {
      const status = await statusOf(listed, await session(role));
      const mine = isOpen
        ? listed.contract.surface === 'portal'
        : access.by === 'session' && access.roles?.includes(role) === true;
      expect([role, refused(status)]).toEqual([role, !mine]);
      if (!mine) {
        const asked = access.by === 'session' && role !== 'customer';
        expect(status).toBe(asked ? 403 : 401);
      }
    }
  });

  it('takes no portal session that has ended, however it did', async () => {
    if (isOpen && listed.contract.surface !== 'portal') return;
    for (const [how, token] of endedSessions) {
      expect([how, await statusOf(listed, token)]).toEqual([how, 401]);
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
