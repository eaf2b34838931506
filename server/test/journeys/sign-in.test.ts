import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../kit/call.ts';
import { engine, openTestDatabase } from '../kit/database.ts';
import { startProcess } from '../kit/process.ts';
import { ROOT_TOKEN, startProgram, type TestProgram } from '../kit/program.ts';
import { size } from '../kit/soak.ts';
import {
  askCode,
  codeFor,
  codesIn,
  newEmail,
  newTeam,
  portal,
  tryCode,
} from '../surfaces/portal/portal-kit.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram({ trustProxy: 1 });
});
afterAll(() => program.close());

let address = 0;
/** A client address that nobody has used yet: limits count by address. */
const fresh = () => {
  address += 1;
  return `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
};
const times = <T>(n: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => make(i)));

it('opens exactly one session for a code that is sent in a hundred times at once (T17)', async () => {
  const ws = await program.workspace();
  for (let round = 0; round < size(3, 200); round += 1) {
    const email = newEmail('race');
    await ws.api('POST', '/api/customers/', { email });
    const code = await codeFor(program, ws, email, fresh());
    const named = round % 2 === 0 ? {} : { email };
    const many = round % 2 === 0 ? 100 : 5;
    const answers = await times(many, () => tryCode(program, { code, ...named }, fresh()));
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 401)).toHaveLength(many - 1);
  }
  const [row] = await program.database.owner<{ n: number }>(
    'select count(*)::int as n from portal_sessions where workspace_id = $1',
    [ws.id],
  );
  expect(row?.n).toBe(size(3, 200));
}, 600_000);

it('holds its limits against fifty challenges and 250 guesses at once (T11)', async () => {
  const ws = await program.workspace();
  const email = newEmail('victim');
  const { body: victim } = await ws.api('POST', '/api/customers/', { email });
  await times(50, () => askCode(program, { email, workspace_id: ws.id }, fresh()));
  await program.settle();
  const live = await program.database.owner(
    'select 1 from one_time_tokens where customer_id = $1',
    [victim.id],
  );
  expect(live).toHaveLength(1);
  const mails = (await program.mails()).filter((m) => m.to === email);
  expect(mails).toHaveLength(5);
  const guesses = await times(250, (i) =>
    tryCode(program, { code: `GUESS${100 + i}`, email }, fresh()),
  );
  expect(guesses.every((g) => g.status === 401)).toBe(true);
  const codes = codesIn(mails.map((m) => m.text).join(' '));
  const right = await times(codes.length, (i) =>
    tryCode(program, { code: codes[i], email }, fresh()),
  );
  expect(right.map((r) => r.status)).toEqual(codes.map(() => 401));
  // The session that a backend opens for the victim goes on (T14).
  const opened = await ws.api('POST', '/api/customer-sessions/', { customer_id: victim.id });
  expect((await portal(program, opened.body.token)('GET', '/customers/me')).status).toBe(200);
});

it('never lets more than fifty guesses a day at one address count', async () => {
  const ws = await program.workspace();
  const email = newEmail('daily');
  await ws.api('POST', '/api/customers/', { email });
  // Each code has its own five tries, so the day's limit shows after ten codes.
  for (let i = 0; i < 10; i += 1) {
    await program.database.owner(
      `delete from attempt_counters where bucket in ('code_mails', 'code_codes')`,
    );
    await codeFor(program, ws, email, fresh());
    for (let n = 0; n < 5; n += 1) await tryCode(program, { code: 'AAAAAAAA', email }, fresh());
  }
  await program.database.owner(`delete from attempt_counters where bucket = 'code_mails'`);
  const code = await codeFor(program, ws, email, fresh());
  expect((await tryCode(program, { code, email }, fresh())).status).toBe(401);
});

it('remembers wrong tries and spent limits over a kill and a restart (T13)', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clientele-limits-'));
  const database = engine === 'postgres' ? await openTestDatabase() : undefined;
  const env: Record<string, string> = {
    CLIENTELE_DATA_DIR: dataDir,
    CLIENTELE_TRUST_PROXY: '1',
    ...(database?.urls === undefined
      ? {}
      : { DATABASE_URL: database.urls.service, CLIENTELE_SECRET: 'a-secret-that-outlives-kills' }),
  };
  let child = await startProcess(env);
  try {
    await child.ready();
    const root = async (method: string, path: string, body?: unknown) =>
      (await call(child.url, method, path, { token: ROOT_TOKEN, body })).body;
    const ws = await root('POST', '/admin/v1/workspaces', { name: 'Kill', slug: 'kill' });
    const { token } = await root('POST', `/admin/v1/workspaces/${ws.id}/credentials`, {
      kind: 'access_token',
      name: 'kill',
      scopes: ['*'],
    });
    const email = newEmail('killed');
    await call(child.url, 'POST', '/api/customers/', { token, body: { email } });
    const path = '/api/customer-portal/customer-session';
    const from = (ip: string) => ({ 'x-forwarded-for': ip });
    const ask = { email, workspace_id: ws.id };
    await call(child.url, 'POST', `${path}/request`, { body: ask, headers: from('10.9.0.1') });
    let code: string | undefined;
    while (code === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      code = codesIn((await root('GET', '/admin/v1/mails')).data[0]?.text ?? '')[0];
    }
    const attempt = (body: object, ip: string) =>
      call(child.url, 'POST', `${path}/authenticate`, { body, headers: from(ip) });
    for (let i = 0; i < 4; i += 1) await attempt({ code: 'AAAAAAAA', email }, `10.9.1.${i}`);
    for (let i = 0; i < 10; i += 1) await attempt({ code: 'AAAAAAAA' }, '10.9.2.1');
    await child.kill();
    child = await startProcess(env);
    await child.ready();
    expect((await attempt({ code: 'AAAAAAAA' }, '10.9.2.1')).status).toBe(429);
    for (let i = 0; i < 2; i += 1) await attempt({ code: 'AAAAAAAA', email }, `10.9.3.${i}`);
    expect((await attempt({ code, email }, '10.9.4.1')).status).toBe(401);
  } finally {
    await child.kill();
    await database?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 120_000);

it('answers a request for a code with the same bytes, whoever it is about (T16)', async () => {
  const ws = await program.workspace();
  const blocked = await program.workspace();
  await blocked.api('POST', '/api/customers/', { email: 'known@example.com' });
  await program.root('PATCH', `/admin/v1/workspaces/${blocked.id}`, { blocked: true });
  await ws.api('POST', '/api/customers/', { email: 'known@example.com' });
  const erased = (await ws.api('POST', '/api/customers/', { email: 'erased@example.com' })).body;
  await ws.api('DELETE', `/api/customers/${erased.id}?anonymize=true`);
  for (let i = 0; i < 2; i += 1) {
    const { body } = await ws.api('POST', '/api/customers/', { email: newEmail() });
    await ws.api('POST', '/api/members/', { customer_id: body.id, email: 'shared@example.com' });
  }
  const answers = [];
  for (const [email, workspace] of [
    ['known@example.com', ws.id],
    ['unknown@example.com', ws.id],
    ['shared@example.com', ws.id],
    ['erased@example.com', ws.id],
    ['known@example.com', blocked.id],
    ['known@example.com', '11111111-1111-4111-8111-111111111111'],
  ]) {
    const answer = await askCode(program, { email, workspace_id: workspace }, fresh());
    const headers = [...answer.headers].filter(
      ([name]) => !/^(date|x-request-id|ratelimit.*)$/.test(name),
    );
    answers.push(JSON.stringify([answer.status, headers, answer.text]));
  }
  expect(new Set(answers).size).toBe(1);
});

it('keeps exactly one owner at every moment, whatever many do to a team at once (T35)', async () => {
  const ws = await program.workspace();
  const OPERATIONS = 50;
  let looking = true;
  const wrong: string[] = [];
  let samples = 0;
  let current: string | undefined;
  const sampler = (async () => {
    while (looking) {
      const id = current;
      if (id !== undefined) {
        const { body } = await ws.api('GET', `/api/customers/${id}`);
        const owners = body.members.filter((m: { role: string }) => m.role === 'owner');
        if (owners.length !== 1) wrong.push(`${id} has ${owners.length}`);
        samples += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let n = 0; n < size(3, 100); n += 1) {
    const team = await newTeam(ws);
    const people = [
      team.owner,
      await team.add('billing_manager'),
      await team.add('billing_manager'),
      await team.add('member'),
    ];
    current = team.id;
    const pick = <T>(list: readonly T[]) => list[Math.floor(Math.random() * list.length)] as T;
    const answers = await times(OPERATIONS, async () => {
      const [actor, target] = [pick(people), pick(people)];
      const api = portal(program, actor.token);
      const role = pick(['owner', 'owner', 'billing_manager', 'member'] as const);
      switch (pick(['change', 'change', 'remove', 'add', 'backend'] as const)) {
        case 'change':
          return api('PATCH', `/members/${target.id}`, { role });
        case 'remove':
          return api('DELETE', `/members/${target.id}`);
        case 'add':
          return api('POST', '/members', { email: newEmail('storm'), role });
        case 'backend':
          return ws.api('PATCH', `/api/members/${target.id}`, { role });
      }
    });
    expect(answers.filter((a) => a.status >= 500 || a.status === 409)).toEqual([]);
  }
  looking = false;
  await sampler;
  expect(wrong).toEqual([]);
  expect(samples).toBeGreaterThan(size(3, 100));
}, 1_800_000);
