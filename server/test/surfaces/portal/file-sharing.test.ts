import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { NOBODY, problems } from '../workspace/common.ts';
import { newTeam, portal } from './portal-kit.ts';

let program: TestProgram;
let ws: TestWorkspace;
let other: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  [ws, other] = [await program.workspace(), await program.workspace()];
});
afterAll(() => program.close());

const OUTSIDE = '/api/file-sharing/sessions';
const INSIDE = '/file-sharing/sessions';
const share = async (from: TestWorkspace, fields: object = {}) =>
  (await from.api('POST', OUTSIDE, fields)).body;

type Session = { id: string; title: string };
const titles = (reply: { body: { data: Session[] } }) => reply.body.data.map((s) => s.title);

it('shows members of every role all of the workspace, and nothing of another (case 55)', async () => {
  const session = await share(ws, { title: 'ours', max_downloads: 5 });
  const foreign = await share(other, { title: 'theirs' });
  const first = (await ws.api('POST', `${OUTSIDE}/${session.id}/downloads`, {})).body;
  const second = (
    await ws.api('POST', `${OUTSIDE}/${session.id}/downloads`, { downloader_ip: '192.0.2.1' })
  ).body;
  const buyer = { amount_cents: 5, buyer_email: 'buyer@example.com', buyer_name: 'Buyer' };
  const payment = (await ws.api('POST', `${OUTSIDE}/${session.id}/payments`, buyer)).body;
  const now = (await ws.api('GET', `${OUTSIDE}/${session.id}`)).body;
  const team = await newTeam(ws);
  const members = [team.owner, await team.add('billing_manager'), await team.add('member')];
  for (const { token } of members) {
    const api = portal(program, token);
    const list = await api('GET', INSIDE);
    expect(list.body).toEqual({
      data: [now],
      meta: { total: 1, page: 1, per_page: 10, pages: 1 },
    });
    expect((await api('GET', `${INSIDE}/${session.id}`)).body).toEqual(now);
    const downloads = await api('GET', `${INSIDE}/${session.id}/downloads`);
    expect(downloads.body).toEqual([first, second]);
    const payments = await api('GET', `${INSIDE}/${session.id}/payments`);
    expect(payments.body).toEqual([payment]);
    for (const end of ['', '/downloads', '/payments']) {
      const unknown = await api('GET', `${INSIDE}/${NOBODY}${end}`);
      const theirs = await api('GET', `${INSIDE}/${foreign.id}${end}`);
      expect([unknown.status, unknown.body]).toEqual([
        404,
        { error: 'ResourceNotFound', detail: 'Not found' },
      ]);
      expect([theirs.status, theirs.text]).toEqual([404, unknown.text]);
      expect((await api('GET', `${INSIDE}/x${end}`)).status).toBe(422);
    }
  }
  const theirs = await newTeam(other);
  expect(titles(await portal(program, theirs.owner.token)('GET', INSIDE))).toEqual(['theirs']);
});

it('shows a session of the customer itself an empty page and nothing else', async () => {
  const session = await share(ws);
  const api = portal(program, (await newTeam(ws)).customerToken);
  const list = await api('GET', `${INSIDE}?page=2&limit=500`);
  expect([list.status, list.body]).toEqual([
    200,
    { data: [], meta: { total: 0, page: 2, per_page: 100, pages: 0 } },
  ]);
  for (const end of ['', '/downloads', '/payments']) {
    const reply = await api('GET', `${INSIDE}/${session.id}${end}`);
    expect([reply.status, reply.text]).toEqual([
      404,
      (await api('GET', `${INSIDE}/${NOBODY}${end}`)).text,
    ]);
  }
});

it('answers a session without downloads and payments with empty lists', async () => {
  const { id } = await share(ws);
  const api = portal(program, (await newTeam(ws)).owner.token);
  expect((await api('GET', `${INSIDE}/${id}/downloads`)).body).toEqual([]);
  expect((await api('GET', `${INSIDE}/${id}/payments`)).body).toEqual([]);
});

it('needs a session, and lets none write', async () => {
  const { id } = await share(ws);
  const team = await newTeam(ws);
  for (const path of [INSIDE, `${INSIDE}/${id}`, `${INSIDE}/${id}/payments`]) {
    expect((await portal(program)('GET', path)).status).toBe(401);
    expect((await portal(program, ws.token)('GET', path)).body.error).toBe('Unauthorized');
  }
  const api = portal(program, team.owner.token);
  expect((await api('POST', `${INSIDE}/${id}/downloads`, {})).status).toBe(405);
  expect((await api('PATCH', `${INSIDE}/${id}`, { status: 'destroyed' })).status).toBe(405);
});

it('sorts by every field, upwards and downwards and by several, and by pages (case 55)', async () => {
  const own = await program.workspace();
  const made: Session[] = [];
  for (const title of ['a', 'b', 'c', 'd']) made.push(await share(own, { title }));
  const load = async (title: string, n: number) => {
    const id = made.find((s) => s.title === title)?.id;
    for (let i = 0; i < n; i += 1) await own.api('POST', `${OUTSIDE}/${id}/downloads`, {});
  };
  await load('b', 2);
  await load('c', 1);
  await own.api('PATCH', `${OUTSIDE}/${made[3]?.id}`, { status: 'destroyed' });
  const api = portal(program, (await newTeam(own)).owner.token);
  const by = async (...sorting: string[]) =>
    titles(await api('GET', `${INSIDE}?${sorting.map((s) => `sorting=${s}`).join('&')}`)).join('');
  expect(await by()).toBe('dcba');
  expect(await by('created_at')).toBe('abcd');
  expect(await by('-created_at')).toBe('dcba');
  expect(await by('status', 'created_at')).toBe('bcad');
  expect(await by('-status', '-created_at')).toBe('dacb');
  expect(await by('download_count', 'created_at')).toBe('adcb');
  expect(await by('download_count', '-created_at')).toBe('dacb');
  expect(await by('-download_count', 'created_at', '-download_count')).toBe('bcad');
  const ids = made.filter((s) => 'ad'.includes(s.title)).map((s) => s.id);
  const tied = (await api('GET', `${INSIDE}?sorting=download_count&limit=2`)).body.data;
  expect(tied.map((s: Session) => s.id)).toEqual(ids.toSorted());
  const page = await api('GET', `${INSIDE}?sorting=created_at&limit=3&page=2`);
  expect([titles(page), page.body.meta]).toEqual([
    ['d'],
    { total: 4, page: 2, per_page: 3, pages: 2 },
  ]);
  expect((await api('GET', `${INSIDE}?page=99999999999`)).body.meta.total).toBe(4);
  expect(problems(await api('GET', `${INSIDE}?sorting=title&sorting=status,title`))).toEqual([
    'enum at query.sorting.0',
    'enum at query.sorting.1',
  ]);
});

it('lets the database itself show a member only columns that the portal shows', async () => {
  const { client, release } = await program.database.driver.hold('transaction');
  try {
    for (const sql of [
      'select downloader_ip_hash from file_share_downloads',
      'select customer_id from file_share_payments',
      `update file_share_sessions set status = 'destroyed'`,
      'select 1 from shares',
    ]) {
      await client.query('begin');
      await client.query('set local role clientele_portal');
      const failure = await client.query(sql).then(
        () => 'allowed',
        (error) => error.code,
      );
      await client.query('rollback');
      expect([sql, failure]).toEqual([sql, '42501']);
    }
  } finally {
    release();
  }
});
