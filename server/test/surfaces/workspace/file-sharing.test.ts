import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allJobs } from '../../../src/jobs/index.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { NOBODY, problems, TIME, UUID4 } from './common.ts';

let program: TestProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startProgram();
  ws = await program.workspace();
});
afterAll(() => program.close());

const SESSIONS = '/api/file-sharing/sessions';
const share = (fields: object = {}, from = ws) => from.api('POST', SESSIONS, fields);
const get = async (id: string) => (await ws.api('GET', `${SESSIONS}/${id}`)).body;
const download = (id: string, body: object = {}) =>
  ws.api('POST', `${SESSIONS}/${id}/downloads`, body);
const move = (id: string, status: unknown) => ws.api('PATCH', `${SESSIONS}/${id}`, { status });
const timeOut = (id: string) =>
  program.database.owner(
    `update file_share_sessions set expires_at = now() - interval '1 second' where id = $1`,
    [id],
  );
const expireNow = () =>
  allJobs(program.app)
    .find((j) => j.name === 'expire_file_shares')
    ?.run();

async function events(type: string, id: string) {
  await allJobs(program.app)
    .find((j) => j.name === 'sequence_events')
    ?.run();
  const { body } = await ws.api('GET', '/api/events?limit=1000');
  return body.data.filter(
    (e: { type: string; data: { id: string } }) =>
      e.type === `file_sharing_session.${type}` && e.data.id === id,
  );
}

describe('sharing a file', () => {
  it('makes a session with its defaults and tells of it', async () => {
    const reply = await share({ nonsense: 1 });
    expect(reply.status, reply.text).toBe(201);
    const { id, created_at, short_slug, long_slug, ...rest } = reply.body;
    expect(id).toMatch(UUID4);
    expect(created_at).toMatch(TIME);
    expect(short_slug).toMatch(/^[a-z2-9]{10}$/);
    expect(long_slug).toMatch(/^[a-z2-9]{32}$/);
    expect(rest).toEqual({
      ...{ modified_at: null, status: 'created', max_downloads: 0, download_count: 0 },
      ...{ price_cents: null, currency: 'usd', title: null, file_name: null },
      ...{ file_size_bytes: null, ttl_seconds: null, expires_at: null, activated_at: null },
      ...{ completed_at: null, user_id: null, workspace_id: ws.id, share_id: null },
    });
    expect(await get(id)).toEqual(reply.body);
    const [event, ...more] = await events('created', id);
    expect([event.data, event.customer_id, more]).toEqual([reply.body, null, []]);
  });

  it('keeps what it is given, and counts the time to live from now', async () => {
    const { id: share_id } = (await ws.api('POST', '/api/shares/', { name: 'Book' })).body;
    const given = {
      ...{ short_slug: 'abc', long_slug: 'a-long_Name', title: 'My file', file_name: 'a.zip' },
      ...{ file_size_bytes: 5_000_000_000, max_downloads: 3, price_cents: 999, currency: 'eur' },
      ...{ ttl_seconds: 3600, share_id },
    };
    const { body } = await share({ ...given, title: ' My file ' });
    expect(body).toMatchObject(given);
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(3_600_000);
  });

  it('refuses slugs that are taken here alone, unknown shares and broken fields', async () => {
    const other = await program.workspace();
    const { body } = await share();
    for (const slug of ['short_slug', 'long_slug']) {
      const fields = { [slug]: body[slug] };
      expect(problems(await share(fields))).toEqual([`value_error at body.${slug}`]);
      expect((await share(fields, other)).status).toBe(201);
    }
    const foreign = (await other.api('POST', '/api/shares/', { name: 'Theirs' })).body.id;
    for (const share_id of [NOBODY, foreign]) {
      expect(problems(await share({ share_id }))).toEqual(['value_error at body.share_id']);
    }
    const broken = {
      ...{ currency: 'USD', max_downloads: -1, price_cents: 1.5, ttl_seconds: 0 },
      ...{ file_size_bytes: 'x', short_slug: 'a b', share_id: 'x' },
    };
    expect(problems(await share(broken)).toSorted()).toEqual([
      'enum at body.currency',
      'greater_than_equal at body.max_downloads',
      'greater_than_equal at body.ttl_seconds',
      'int_from_float at body.price_cents',
      'int_type at body.file_size_bytes',
      'string_pattern_mismatch at body.short_slug',
      'uuid_parsing at body.share_id',
    ]);
    for (const max_downloads of [2 ** 31, 1e300]) {
      expect((await share({ max_downloads })).status).toBe(422);
    }
  });

  it('lists them by page, newest first or as asked', async () => {
    const own = await program.workspace();
    const ids = [];
    for (let i = 0; i < 3; i += 1) ids.push((await share({ title: `${i}` }, own)).body.id);
    const list = async (query = '') => (await own.api('GET', `${SESSIONS}${query}`)).body;
    const found = await list('?limit=2');
    expect(found.meta).toEqual({ total: 3, page: 1, per_page: 2, pages: 2 });
    expect(found.data.map((s: { title: string }) => s.title)).toEqual(['2', '1']);
    expect((await list('?page=9')).meta.total).toBe(3);
    const oldest = (await list('?sorting=created_at')).data.map((s: { id: string }) => s.id);
    expect(oldest).toEqual(ids);
    expect(problems(await own.api('GET', `${SESSIONS}?sorting=title&page=0`)).toSorted()).toEqual([
      'enum at query.sorting.0',
      'greater_than at query.page',
    ]);
  });

  it('is shut to other workspaces and other scopes', async () => {
    const other = await program.workspace();
    const { id } = (await share()).body;
    const payment = (await ws.api('POST', `${SESSIONS}/${id}/payments`, { amount_cents: 1 })).body
      .id;
    for (const [method, path, body] of [
      ['GET', `/${id}`, undefined],
      ['PATCH', `/${id}`, { status: 'active' }],
      ['GET', `/${id}/downloads`, undefined],
      ['POST', `/${id}/downloads`, {}],
      ['GET', `/${id}/payments`, undefined],
      ['POST', `/${id}/payments`, { amount_cents: 1 }],
      ['PATCH', `/${id}/payments/${payment}`, { status: 'failed' }],
    ] as const) {
      const theirs = await other.api(method, SESSIONS + path, body);
      const unknown = await ws.api(method, SESSIONS + path.replace(id, NOBODY), body);
      expect([path, theirs.status, theirs.text]).toEqual([path, 404, unknown.text]);
    }
    expect((await move(id, null)).body).toEqual(await get(id));
    const reader = await program.workspace(['file_sharing:read', 'shares:write']);
    expect((await share({}, reader)).status).toBe(403);
    expect((await reader.api('GET', SESSIONS)).status).toBe(200);
  });
});

describe('downloads', () => {
  it('take slots in turn: the first activates the session, the last completes it', async () => {
    const { id, created_at } = (await share({ max_downloads: 2, ttl_seconds: 60 })).body;
    const first = await download(id, { downloader_ip: '192.0.2.7' });
    expect(first.status, first.text).toBe(201);
    expect(first.body).toEqual({
      ...{ id: expect.stringMatching(UUID4), created_at: expect.stringMatching(TIME) },
      ...{ modified_at: null, session_id: id, slot_number: 1 },
    });
    const active = await get(id);
    expect(active).toMatchObject({
      ...{ status: 'active', download_count: 1, completed_at: null },
      activated_at: first.body.created_at,
    });
    expect(Date.parse(active.expires_at) - Date.parse(active.activated_at)).toBe(60_000);
    expect(active.activated_at >= created_at).toBe(true);
    const second = await download(id);
    expect(second.body.slot_number).toBe(2);
    expect(await get(id)).toMatchObject({
      ...{ status: 'completed', download_count: 2, completed_at: second.body.created_at },
      activated_at: active.activated_at,
    });
    const third = await download(id);
    expect([third.status, third.body]).toEqual([
      409,
      { error: 'FileShareSessionClosed', detail: expect.stringContaining('completed') },
    ]);
    const all = await ws.api('GET', `${SESSIONS}/${id}/downloads`);
    expect(all.body).toEqual([first.body, second.body]);
    const told = await events('download_completed', id);
    expect(told.map((e: { data: object }) => e.data)).toMatchObject([
      { status: 'active', download_count: 1, download: first.body },
      { status: 'completed', download_count: 2, download: second.body },
    ]);
  });

  it('have no limit where the session names none', async () => {
    const { id } = (await share()).body;
    for (let slot = 1; slot <= 12; slot += 1) {
      expect((await download(id)).body.slot_number).toBe(slot);
    }
    expect(await get(id)).toMatchObject({ status: 'active', download_count: 12 });
  });

  it('are exactly as many as allowed when fifty come at once', async () => {
    const { id } = (await share({ max_downloads: 10 })).body;
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => download(id, { downloader_ip: `192.0.2.${i}` })),
    );
    const count = (status: number) => replies.filter((r) => r.status === status).length;
    expect([count(201), count(409)]).toEqual([10, 40]);
    const { body } = await ws.api('GET', `${SESSIONS}/${id}/downloads`);
    expect(body.map((d: { slot_number: number }) => d.slot_number)).toEqual(
      Array.from({ length: 10 }, (_, i) => i + 1),
    );
    expect(await get(id)).toMatchObject({ status: 'completed', download_count: 10 });
    expect(await events('download_completed', id)).toHaveLength(10);
  });

  it('end with the time of the session, noticed or not, and with its life', async () => {
    const { id } = (await share({ ttl_seconds: 60 })).body;
    await timeOut(id);
    expect((await download(id)).body.detail).toContain('expired');
    expect(problems(await move(id, 'active'))).toEqual(['value_error at body.status']);
    await expireNow();
    expect((await download(id)).status).toBe(409);
    for (const status of ['destroyed', 'reported']) {
      const { body } = await share();
      await move(body.id, status);
      expect((await download(body.id)).body.detail).toContain(status);
      expect((await get(body.id)).download_count).toBe(0);
    }
  });

  it('keep an address as a keyed hash alone', async () => {
    const { id } = (await share()).body;
    const other = await program.workspace();
    const elsewhere = (await share({}, other)).body.id;
    for (const downloader_ip of ['2001:DB8:0::1', '2001:db8::1', ' 2001:db8:0:0::1 ']) {
      expect((await download(id, { downloader_ip })).status).toBe(201);
    }
    await other.api('POST', `${SESSIONS}/${elsewhere}/downloads`, { downloader_ip: '2001:db8::1' });
    const hashes = async (session: string) =>
      (
        await program.database.owner<{ h: string }>(
          'select distinct downloader_ip_hash as h from file_share_downloads where session_id = $1',
          [session],
        )
      ).map((row) => row.h);
    const [hash, ...more] = await hashes(id);
    expect([hash, more]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), []]);
    expect(await hashes(elsewhere)).not.toContain(hash);
    const everything = await program.database.owner<{ t: string }>(
      `select (select string_agg(d::text, '') from file_share_downloads d)
         || (select coalesce(string_agg(a::text, ''), '') from audit_log a)
         || (select coalesce(string_agg(e::text, ''), '') from events e)
         || (select coalesce(string_agg(o::text, ''), '') from outbox o) as t`,
    );
    expect(everything[0]?.t.toLowerCase()).not.toContain('2001:db8');
    for (const downloader_ip of ['x', '1.2.3', 'fe80::1%eth0', '1'.repeat(65)]) {
      expect((await download(id, { downloader_ip })).status).toBe(422);
    }
  });
});

describe('the status of a session', () => {
  const STATUSES = ['created', 'active', 'completed', 'expired', 'destroyed', 'reported'];
  const WAYS: Record<string, string[]> = {
    created: ['active', 'expired', 'destroyed', 'reported'],
    active: ['completed', 'expired', 'destroyed', 'reported'],
    completed: ['destroyed', 'reported'],
    expired: ['destroyed', 'reported'],
    reported: ['destroyed'],
    destroyed: [],
  };

  it.each(STATUSES)('goes from %s only where it may', async (from) => {
    for (const to of STATUSES.filter((s) => s !== from)) {
      const { id } = (await share()).body;
      if (from === 'completed') await move(id, 'active');
      if (from !== 'created') expect((await move(id, from)).body.status).toBe(from);
      const reply = await move(id, to);
      const may = WAYS[from]?.includes(to);
      if (may) expect([to, reply.status, reply.body.status]).toEqual([to, 200, to]);
      else expect([to, ...problems(reply)]).toEqual([to, 'value_error at body.status']);
      expect((await get(id)).status).toBe(may ? to : from);
    }
  });

  it('leaves times behind, and nothing where it does not change', async () => {
    const { id } = (await share({ ttl_seconds: 60 })).body;
    const active = (await move(id, 'active')).body;
    expect(active.modified_at).toBe(active.activated_at);
    expect(Date.parse(active.expires_at) - Date.parse(active.activated_at)).toBe(60_000);
    expect((await move(id, 'active')).body).toEqual(active);
    const done = (await move(id, 'completed')).body;
    expect(done).toEqual({
      ...active,
      ...{ status: 'completed', modified_at: done.completed_at, completed_at: done.modified_at },
    });
    expect(problems(await move(id, 'gone'))).toEqual(['enum at body.status']);
    const early = (await share()).body.id;
    expect((await move(early, 'expired')).body.expires_at).toMatch(TIME);
    expect(await events('expired', early)).toHaveLength(1);
  });

  it('becomes expired by itself, once, with one event', async () => {
    const other = await program.workspace();
    const due = [];
    for (let i = 0; i < 3; i += 1) due.push((await share({ ttl_seconds: 60 })).body.id);
    await move(due[1], 'active');
    const theirs = (await share({ ttl_seconds: 60 }, other)).body.id;
    const later = (await share({ ttl_seconds: 60 })).body.id;
    const full = (await share({ ttl_seconds: 60, max_downloads: 1 })).body.id;
    await download(full);
    for (const id of [...due, theirs, full]) await timeOut(id);
    await Promise.all([expireNow(), expireNow(), expireNow()]);
    await expireNow();
    for (const id of due) {
      const session = await get(id);
      expect(session).toMatchObject({ status: 'expired', modified_at: expect.any(String) });
      const told = await events('expired', id);
      expect(told.map((e: { data: object }) => e.data)).toEqual([session]);
    }
    expect((await other.api('GET', `${SESSIONS}/${theirs}`)).body.status).toBe('expired');
    expect((await get(later)).status).toBe('created');
    expect((await get(full)).status).toBe('completed');
    expect(await events('expired', full)).toEqual([]);
  });
});
