import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eraseReturned } from '../../../src/modules/erasure/index.ts';
import { call } from '../../kit/call.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../../kit/program.ts';
import { customer } from './common.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

/** Every row of every table as text, kept answers opened as well. */
async function dump(): Promise<string> {
  const tables = await program.database.owner<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'clientele' order by 1",
  );
  expect(tables.length).toBeGreaterThan(14);
  const all: string[] = [];
  for (const { name } of tables) {
    const rows = await program.database.owner<{ row: string }>(
      `select (to_jsonb(t))::text as row from clientele."${name}" t`,
    );
    all.push(...rows.map((r) => `${name} ${r.row}`));
  }
  const kept = await program.database.owner<{ answer: Buffer }>(
    'select answer from idempotency_keys where answer is not null',
  );
  all.push(...kept.map((k) => `answer ${program.app.keys.open(k.answer)}`));
  return all.join('\n');
}

/** Canaries of one person: each a word found nowhere else. */
function person() {
  const canaries: string[] = [];
  const word = () => {
    const made = `Canary${randomBytes(6).toString('hex')}`;
    canaries.push(made.toLowerCase());
    return made;
  };
  return { canaries, word, mail: () => `${word()}@${word()}.example` };
}

/** A customer with a trace in every table a customer can leave one in. Out: its id and addresses. */
async function livedIn(ws: TestWorkspace, p: ReturnType<typeof person>) {
  const key = () => ({ 'idempotency-key': randomUUID() });
  const emails = [p.mail(), p.mail(), p.mail(), p.mail()] as [string, string, string, string];
  const [first, second, boss, colleague] = emails;
  const address = {
    country: 'DE',
    line1: p.word(),
    line2: p.word(),
    city: p.word(),
    state: p.word(),
    postal_code: p.word(),
  };
  const creation = {
    email: first,
    name: p.word(),
    external_id: p.word(),
    metadata: { [p.word()]: p.word() },
    billing_address: address,
    owner: { email: boss, name: p.word(), external_id: p.word() },
  };
  const createKey = key();
  const { body: made } = await ws.api('POST', '/api/customers/', creation, createKey);
  const path = `/api/customers/${made.id}`;
  const replays: [string, string, object | undefined, Record<string, string>][] = [
    ['POST', '/api/customers/', creation, createKey],
  ];
  const send = async (method: string, where: string, body: object | undefined, status: number) => {
    const header = key();
    const reply = await ws.api(method, where, body, header);
    expect([method, where, reply.status, reply.text]).toEqual([method, where, status, reply.text]);
    replays.push([method, where, body, header]);
    return reply.body;
  };
  // Refusals that quote the address or the ids, of this customer's and of others.
  const other = await customer(ws, { external_id: randomUUID() });
  await send('POST', '/api/customers/', { email: first.toUpperCase() }, 422);
  await send('PATCH', `/api/customers/${other.id}`, { email: first, name: 'x' }, 422);
  await send(
    'POST',
    '/api/customers/',
    { email: 'n@example.com', external_id: creation.external_id },
    422,
  );
  await send('PATCH', path, { external_id: p.word() }, 422);
  await send(
    'PATCH',
    path,
    { email: second, name: p.word(), billing_address: null, metadata: { a: p.word() } },
    200,
  );
  await send('PATCH', path, {}, 200);
  await send('POST', '/api/customers/', { email: second }, 422);
  await program.database.owner(
    `update customers set legal_name = $2, billing_name = $3, tax_identifiers = $4, custom_fields = $5, tags = $6 where id = $1`,
    [made.id, p.word(), p.word(), { eu_vat: p.word() }, { [p.word()]: [p.word()] }, [p.word()]],
  );
  await send('PATCH', path, { name: p.word() }, 200);
  const member = await send(
    'POST',
    '/api/members/',
    { customer_id: made.id, email: colleague, name: p.word(), external_id: p.word() },
    201,
  );
  await send('POST', '/api/members/', { customer_id: made.id, email: colleague }, 201);
  await send(
    'POST',
    '/api/members/',
    { customer_id: made.id, email: p.mail(), external_id: member.external_id },
    422,
  );
  await send('PATCH', `/api/members/${member.id}`, { name: p.word() }, 200);
  await send('PATCH', `/api/members/${member.id}`, { role: 'owner' }, 200);
  await send('DELETE', `/api/members/${made.members[0].id}`, undefined, 204);
  const events = [
    {
      name: 'use',
      external_customer_id: creation.external_id,
      external_id: p.word(),
      metadata: { [p.word()]: p.word() },
    },
  ];
  await send('POST', '/api/events/ingest', { events }, 200);
  await ws.api('GET', '/api/events');
  await send('PATCH', path, { metadata: { b: p.word() } }, 200);
  await ws.api('PATCH', path, { metadata: { c: p.word() } }, { 'idempotency-key': second });
  await ws.api('POST', '/api/customer-sessions/', {
    customer_id: made.id,
    return_url: `https://example.com/${p.word()}`,
  });
  await call(program.url, 'POST', '/api/customer-portal/customer-session/request', {
    body: { email: second, workspace_id: ws.id },
  });
  await program.settle();
  for (const query of [`?email=${first}`, `?query=${second}`, `?metadata[a]=${p.word()}`])
    await ws.api('GET', `/api/customers/${query}`);
  await ws.api('GET', `/api/customers/external/${p.word()}%00`);
  return { id: made.id as string, emails, replays };
}

function tracesOf(p: ReturnType<typeof person>, emails: string[], text: string): string[] {
  const lower = text.toLowerCase();
  const found = p.canaries.filter((c) => lower.includes(c));
  for (const email of emails.flatMap((e) => [e, e.toLowerCase(), e.toUpperCase()])) {
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
      const hash = createHash(algorithm).update(email).digest();
      const forms = [hash.toString('hex'), hash.toString('base64'), hash.toString('base64url')];
      if (forms.some((f) => lower.includes(f.replace(/=+$/, '').toLowerCase())))
        found.push(`${algorithm} of ${email}`);
    }
  }
  return found;
}

it('leaves no trace of an erased person in any table, answer, log or plain hash', async () => {
  const ws = await program.workspace();
  const [erased, kept] = [person(), person()];
  const gone = await livedIn(ws, erased);
  const stays = await livedIn(ws, kept);
  expect(tracesOf(erased, [], await dump()).length).toBeGreaterThan(20);
  const before = tracesOf(kept, stays.emails, await dump());

  const reply = await ws.api('DELETE', `/api/customers/${gone.id}?anonymize=true`, undefined, {
    'idempotency-key': randomUUID(),
  });
  expect(reply.status, reply.text).toBe(204);
  const outside = readFileSync(join(program.dataDir, 'erasures.log'), 'utf8');
  const everything = () => dump().then((text) => `${text}\n${program.logged.join('')}\n${outside}`);
  expect(tracesOf(erased, gone.emails, await everything())).toEqual([]);

  const answers: string[] = [];
  for (const [method, path, body, header] of gone.replays) {
    const again = await ws.api(method, path, body, header);
    expect(again.status).toBeLessThan(500);
    answers.push(again.text);
  }
  answers.push((await ws.api('GET', '/api/events?limit=1000')).text);
  answers.push(
    (await program.root('GET', `/admin/v1/audit?customer_id=${gone.id}&limit=1000`)).text,
  );
  expect(tracesOf(erased, gone.emails, answers.join('\n'))).toEqual([]);
  expect(tracesOf(erased, gone.emails, await everything())).toEqual([]);
  // Nobody else lost anything, and the trail still verifies.
  expect(tracesOf(kept, stays.emails, await dump())).toEqual(before);
  expect((await program.root('GET', '/admin/v1/audit/verify')).body).toMatchObject({
    ok: true,
    broken: [],
  });
});

it('erases again whoever a restored backup brought back, and only them (T40)', async () => {
  const ws = await program.workspace();
  const [erased, kept] = [person(), person()];
  const { id, emails } = await livedIn(ws, erased);
  const stays = await livedIn(ws, kept);
  const tables = [
    'customers',
    'members',
    'audit_personal',
    'events',
    'outbox',
    'mails',
    'usage_events',
    'idempotency_keys',
  ];
  for (const table of tables)
    await program.database.owner(`create table public.saved_${table} as table clientele.${table}`);
  const path = `/api/customers/${id}`;
  expect((await ws.api('DELETE', `${path}?anonymize=true`)).status).toBe(204);
  expect(await eraseReturned(program.app)).toBe(0);

  // Yesterday's rows of this workspace, over today's.
  for (const table of tables.toReversed()) {
    await program.database.owner(`delete from ${table} where workspace_id = $1`, [ws.id]);
  }
  for (const table of tables) {
    const columns = await program.database.owner<{ list: string }>(
      `select string_agg(column_name, ', ') as list from information_schema.columns
       where table_schema = 'clientele' and table_name = $1 and is_generated = 'NEVER'`,
      [table],
    );
    await program.database.owner(
      `insert into ${table} (${columns[0]?.list}) overriding system value
       select ${columns[0]?.list} from public.saved_${table} where workspace_id = $1`,
      [ws.id],
    );
    await program.database.owner(`drop table public.saved_${table}`);
  }
  expect((await ws.api('GET', path)).status).toBe(200);

  expect(await eraseReturned(program.app)).toBe(1);
  expect((await ws.api('GET', path)).status).toBe(404);
  await ws.api('GET', '/api/events');
  expect(tracesOf(erased, emails, await dump())).toEqual([]);
  expect(tracesOf(kept, stays.emails, await dump()).length).toBeGreaterThan(20);
  expect(await eraseReturned(program.app)).toBe(0);
});
