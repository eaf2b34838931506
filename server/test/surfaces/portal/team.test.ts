import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../kit/call.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { newEmail, newTeam, portal } from './portal-kit.ts';

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
});
afterAll(() => program.close());

const problem = ({ status, body }: Reply) => [status, body.detail?.[0]?.loc, body.detail?.[0]?.msg];
type Role = { email: string; role: string };
const rolesOf = (team: Reply) => Object.fromEntries(team.body.map((m: Role) => [m.email, m.role]));

describe('the profile', () => {
  it('shows the customer without what is not its own business (case 53)', async () => {
    const team = await newTeam(ws);
    const { status, body } = await portal(program, team.owner.token)('GET', '/customers/me');
    expect(status).toBe(200);
    expect(body).toEqual({
      id: team.id,
      created_at: expect.any(String),
      modified_at: null,
      email: team.email,
      email_verified: false,
      name: 'The Team',
      billing_name: 'The Team',
      billing_address: null,
      oauth_accounts: {},
      type: 'team',
    });
  });

  it('takes a billing name and an address, and clears neither', async () => {
    const team = await newTeam(ws);
    const me = portal(program, team.customerToken);
    const changed = await me('PATCH', '/customers/me', {
      billing_name: ' The Team Ltd ',
      billing_address: { country: 'us', state: 'NY', city: 'New York' },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      billing_name: 'The Team Ltd',
      billing_address: { country: 'US', state: 'US-NY', city: 'New York', line1: null },
    });
    const kept = await me('PATCH', '/customers/me', {
      billing_name: ' ',
      billing_address: null,
      name: 'Mallory',
      email: 'mallory@example.com',
      type: 'individual',
      metadata: { admin: true },
    });
    expect(kept.body).toEqual(changed.body);
    expect((await me('GET', '/customers/me')).body).toEqual(changed.body);
    const bad = await me('PATCH', '/customers/me', {
      billing_address: { country: 'US', state: 'ZZ' },
    });
    expect(problem(bad).slice(0, 2)).toEqual([422, ['body', 'billing_address']]);
    const record = (await ws.api('GET', `/api/customers/${team.id}`)).body;
    expect(record).toMatchObject({ name: 'The Team', email: team.email, metadata: {} });
  });

  it('is written only as it was read, where the ETag is given back', async () => {
    const team = await newTeam(ws);
    const me = portal(program, team.customerToken);
    const etag = (await me('GET', '/customers/me')).headers.get('etag') as string;
    const write = (billing_name: string) =>
      me('PATCH', '/customers/me', { billing_name }, { 'if-match': etag });
    const first = await write('One');
    expect([first.status, first.headers.get('etag')]).toEqual([
      200,
      (await me('GET', '/customers/me')).headers.get('etag'),
    ]);
    const second = await write('Two');
    expect([second.status, second.body.error]).toEqual([412, 'PreconditionFailed']);
    const link = `/oauth-accounts/authorize?platform=discord&customer_id=${team.id}`;
    const before = first.headers.get('etag');
    const { pathname, search } = new URL((await me('GET', link)).body.url);
    await fetch(program.url + pathname + search, { redirect: 'manual' });
    const after = await me('GET', '/customers/me');
    expect(Object.keys(after.body.oauth_accounts)).toHaveLength(1);
    expect(after.headers.get('etag')).not.toBe(before);
  });

  it('is read, and not changed, by a plain member', async () => {
    const team = await newTeam(ws);
    const { token } = await team.add('member');
    expect((await portal(program, token)('GET', '/customers/me')).status).toBe(200);
    const refused = await portal(program, token)('PATCH', '/customers/me', { billing_name: 'x' });
    expect([refused.status, refused.body.error]).toEqual([403, 'NotPermitted']);
  });
});

describe('the team', () => {
  it('is listed with everybody, the caller too', async () => {
    const team = await newTeam(ws);
    const manager = await team.add('billing_manager');
    const list = await portal(program, manager.token)('GET', '/members');
    expect(rolesOf(list)).toEqual({ [team.email]: 'owner', [manager.email]: 'billing_manager' });
    expect(Object.keys(list.body[0])).toEqual([
      'id',
      'created_at',
      'modified_at',
      'email',
      'name',
      'role',
    ]);
  });

  it('belongs to customers of the type team alone', async () => {
    const email = newEmail();
    const { body } = await ws.api('POST', '/api/customers/', { email });
    const opened = await ws.api('POST', '/api/customer-sessions/', {
      customer_id: body.id,
      member_id: body.members[0].id,
    });
    const { status, body: refusal } = await portal(program, opened.body.token)('GET', '/members');
    expect([status, refusal.error]).toEqual([403, 'NotPermitted']);
    expect(refusal.detail.toLowerCase()).toContain('team customers');
  });

  it('takes new members, tells them by mail, and knows who is there already', async () => {
    const team = await newTeam(ws);
    const manager = await team.add('billing_manager');
    const api = portal(program, manager.token);
    const email = newEmail('new');
    const added = await api('POST', '/members', { email, name: 'New\r\nBcc: x@example.com' });
    expect([added.status, added.body.role]).toEqual([201, 'member']);
    await program.settle();
    const [mail] = await program.mails();
    expect(mail?.to).toBe(email);
    expect(mail?.text).toContain('The Team');
    const before = (await program.mails()).length;
    const again = await api('POST', '/members', {
      email: email.toUpperCase(),
      role: 'billing_manager',
    });
    expect([again.status, again.body]).toEqual([201, added.body]);
    await program.settle();
    expect((await program.mails()).length).toBe(before);
    const owner = await api('POST', '/members', { email: newEmail(), role: 'owner' });
    expect(problem(owner).slice(0, 2)).toEqual([422, ['body', 'role']]);
    expect(problem(owner)[2].toLowerCase()).toContain('cannot add a member as owner');
    expect((await api('POST', '/members', { email: newEmail(), role: 'king' })).status).toBe(422);
    expect((await api('POST', '/members', { email: newEmail(), role: null })).status).toBe(422);
  });

  it('takes back who was removed', async () => {
    const team = await newTeam(ws);
    const api = portal(program, team.owner.token);
    const member = await team.add('member');
    expect((await api('DELETE', `/members/${member.id}`)).status).toBe(204);
    const back = await api('POST', '/members', { email: member.email });
    expect(back.status).toBe(201);
    expect(back.body.id).not.toBe(member.id);
  });

  it('changes roles between member and billing manager, and leaves them when none is given', async () => {
    const team = await newTeam(ws);
    const member = await team.add('member');
    const api = portal(program, team.owner.token);
    const path = `/members/${member.id}`;
    expect((await api('PATCH', path, { role: 'billing_manager' })).body.role).toBe(
      'billing_manager',
    );
    expect((await api('PATCH', path, { role: 'member' })).body.role).toBe('member');
    for (const body of [{}, { role: null }]) {
      expect((await api('PATCH', path, body)).status).toBe(200);
      expect((await api('PATCH', `/members/${team.owner.id}`, body)).status).toBe(200);
    }
  });

  it('lets nobody change or remove themselves', async () => {
    const team = await newTeam(ws);
    for (const { id, token } of [team.owner, await team.add('billing_manager')]) {
      const api = portal(program, token);
      const role = await api('PATCH', `/members/${id}`, { role: 'member' });
      expect(problem(role).slice(0, 2)).toEqual([422, ['path', 'id']]);
      expect(problem(role)[2].toLowerCase()).toContain('cannot modify your own role');
      const leave = await api('DELETE', `/members/${id}`);
      expect(problem(leave).slice(0, 2)).toEqual([422, ['path', 'id']]);
    }
  });

  it('hands the ownership over in one step, by the owner alone', async () => {
    const team = await newTeam(ws);
    const manager = await team.add('billing_manager');
    const member = await team.add('member');
    const asManager = portal(program, manager.token);
    const grab = await asManager('PATCH', `/members/${member.id}`, { role: 'owner' });
    expect(problem(grab).slice(0, 2)).toEqual([422, ['body', 'role']]);
    expect(problem(grab)[2].toLowerCase()).toContain('only the owner can transfer ownership');
    const demote = await asManager('PATCH', `/members/${team.owner.id}`, { role: 'member' });
    expect(problem(demote).slice(0, 2)).toEqual([422, ['body', 'role']]);
    const remove = await asManager('DELETE', `/members/${team.owner.id}`);
    expect(problem(remove).slice(0, 2)).toEqual([422, ['body']]);

    const asOwner = portal(program, team.owner.token);
    const given = await asOwner('PATCH', `/members/${member.id}`, { role: 'owner' });
    expect([given.status, given.body.role]).toEqual([200, 'owner']);
    expect(rolesOf(await asOwner('GET', '/members'))).toEqual({
      [team.email]: 'billing_manager',
      [manager.email]: 'billing_manager',
      [member.email]: 'owner',
    });
    // Who handed over works on with the new role; who received it signs in anew (decision 22).
    const user = await asOwner('GET', '/customer-session/user');
    expect(user.body.role).toBe('billing_manager');
    expect((await portal(program, member.token)('GET', '/customers/me')).status).toBe(401);
    const back = await asOwner('PATCH', `/members/${manager.id}`, { role: 'owner' });
    expect(back.status).toBe(422);
  });

  it('ends the sessions of who is removed or changed, at once', async () => {
    const team = await newTeam(ws);
    const api = portal(program, team.owner.token);
    const [a, b] = [await team.add('member'), await team.add('member')];
    for (const { token } of [a, b]) {
      expect((await portal(program, token)('GET', '/customers/me')).status).toBe(200);
    }
    await api('PATCH', `/members/${a.id}`, { role: 'billing_manager' });
    await api('DELETE', `/members/${b.id}`);
    for (const { token } of [a, b]) {
      const answer = await portal(program, token)('GET', '/customers/me');
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token']);
    }
  });

  it('answers the same 404 for members of others, removed ones, and ones that never were', async () => {
    const [team, other] = [await newTeam(ws), await newTeam(ws)];
    const gone = await team.add('member');
    const api = portal(program, team.owner.token);
    await api('DELETE', `/members/${gone.id}`);
    const ids = [other.owner.id, gone.id, '11111111-1111-4111-8111-111111111111'];
    const seven = '019aa000-0000-7000-8000-000000000000';
    for (const id of [...ids, seven]) {
      for (const [method, body] of [
        ['PATCH', { role: 'member' }],
        ['DELETE', undefined],
      ] as const) {
        const answer = await api(method, `/members/${id}`, body);
        expect([answer.status, answer.body]).toEqual([
          404,
          { error: 'ResourceNotFound', detail: 'Member not found' },
        ]);
      }
    }
  });

  it('repeats a kept answer to the same member alone', async () => {
    const team = await newTeam(ws);
    const key = { 'idempotency-key': 'add-one' };
    const body = { email: newEmail('idem') };
    const add = (token: string) => portal(program, token)('POST', '/members', body, key);
    const first = await add(team.owner.token);
    const second = await add(await team.open(team.owner.id));
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
    const other = await newTeam(ws);
    const elsewhere = await add(other.owner.token);
    expect(elsewhere.headers.get('idempotent-replayed')).toBeNull();
    expect(elsewhere.body.id).not.toBe(first.body.id);
  });
});
