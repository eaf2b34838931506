import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner } from '../kit/database.ts';
import { startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

/** A workspace with one of everything, the same in each. */
async function twin(): Promise<{ ws: TestWorkspace; ids: Record<string, string> }> {
  const ws = await program.workspace();
  const { api } = ws;
  const made = async (path: string, body: unknown) => {
    const answer = await api('POST', path, body);
    expect([path, answer.status]).toEqual([path, path.endsWith('ingest') ? 200 : 201]);
    return answer.body;
  };
  const customer = await made('/api/customers/', {
    email: 'Twin@example.com',
    name: 'Twin',
    external_id: 'twin',
    type: 'team',
    metadata: { plan: 'gold' },
  });
  const member = await made('/api/members/', {
    customer_id: customer.id,
    email: 'member@example.com',
    external_id: 'member',
  });
  const meter = await made('/api/meters/', { name: 'meter', aggregation: { type: 'count' } });
  await made(`/api/customers/${customer.id}/meters/${meter.id}/credits`, { units: 5 });
  const ingested = await made('/api/events/ingest', {
    events: [{ name: 'used', external_id: 'event', external_customer_id: 'twin' }],
  });
  expect(ingested).toEqual({ inserted: 1, duplicates: 0 });
  return { ws, ids: { customer: customer.id, member: member.id, meter: meter.id } };
}

/** Everything a workspace can see of itself. */
async function view({ ws, ids }: Awaited<ReturnType<typeof twin>>): Promise<unknown[]> {
  const paths = [
    '/api/customers/',
    '/api/customers/?query=twin',
    '/api/customers/export',
    `/api/customers/${ids.customer}`,
    `/api/customers/${ids.customer}/state`,
    '/api/customers/external/twin',
    '/api/members/',
    '/api/meters/',
    '/api/events',
  ];
  const answers = [];
  for (const path of paths) answers.push([path, (await ws.api('GET', path)).text]);
  return answers;
}

it('lets two workspaces have the same e-mails, external ids, names and event ids', async () => {
  const [a, b] = [await twin(), await twin()];
  expect((await a.ws.api('GET', '/api/customers/external/twin')).body.id).toBe(a.ids.customer);
  expect((await b.ws.api('GET', '/api/customers/external/twin')).body.id).toBe(b.ids.customer);
  const again = { email: 'twin@EXAMPLE.com', external_id: 'twin' };
  expect((await a.ws.api('POST', '/api/customers/', again)).status).toBe(422);
});

it('takes no id of another workspace from a body', async () => {
  const [a, b] = [await twin(), await twin()];
  const never = randomUUID();
  const before = await view(a);
  const attempts: [string, (id: Record<string, string>) => unknown][] = [
    ['/api/members/', (id) => ({ customer_id: id.customer, email: 'new@example.com' })],
    ['/api/events/ingest', (id) => ({ events: [{ name: 'n', customer_id: id.customer }] })],
    [
      '/api/events/ingest',
      (id) => ({
        events: [
          { name: 'n', customer_id: a.ids.customer },
          { name: 'n', customer_id: id.customer },
        ],
      }),
    ],
    ['/api/customers/', (id) => ({ email: 'new@example.com', workspace_id: id.workspace })],
  ];
  for (const [path, body] of attempts) {
    const theirs = await a.ws.api('POST', path, body({ ...b.ids, workspace: b.ws.id }));
    const unknown = await a.ws.api('POST', path, body({ customer: never, workspace: never }));
    expect(theirs.status).toBe(422);
    const said = (text: string) =>
      text.replaceAll(b.ids.customer as string, never).replaceAll(b.ws.id, never);
    expect(said(theirs.text)).toBe(unknown.text);
  }
  const credit = (customer: string, meter: string) =>
    a.ws.api('POST', `/api/customers/${customer}/meters/${meter}/credits`, { units: 1 });
  expect((await credit(a.ids.customer as string, b.ids.meter as string)).status).toBe(404);
  expect((await credit(b.ids.customer as string, a.ids.meter as string)).status).toBe(404);
  expect(await view(a)).toEqual(before);
});

it('ties no row to a row of another workspace, even as the owner', async () => {
  const [a, b] = [await twin(), await twin()];
  const wrong = [
    `insert into members (workspace_id, id, customer_id, role)
     values ('${a.ws.id}', gen_random_uuid(), '${b.ids.customer}', 'member')`,
    `insert into usage_events (workspace_id, id, customer_id, name)
     values ('${a.ws.id}', gen_random_uuid(), '${b.ids.customer}', 'n')`,
    `insert into meter_credits (workspace_id, id, customer_id, meter_id, units)
     values ('${a.ws.id}', gen_random_uuid(), '${a.ids.customer}', '${b.ids.meter}', 1)`,
    `insert into meter_credits (workspace_id, id, customer_id, meter_id, units)
     values ('${a.ws.id}', gen_random_uuid(), '${b.ids.customer}', '${a.ids.meter}', 1)`,
    `update members set workspace_id = '${a.ws.id}' where id = '${b.ids.member}'`,
  ];
  for (const sql of wrong) {
    await expect(program.database.owner(sql)).rejects.toMatchObject({ code: '23503' });
  }
});

it('leaves a workspace as it is, whatever is deleted in another', async () => {
  const [a, b] = [await twin(), await twin()];
  const before = await view(a);
  const erased = `/api/customers/${b.ids.customer}?anonymize=true`;
  expect((await b.ws.api('DELETE', erased)).status).toBe(204);
  expect((await program.root('DELETE', `/admin/v1/workspaces/${b.ws.id}`)).status).toBe(204);
  expect(await view(a)).toEqual(before);
});

it('keeps one idempotency key of two workspaces apart', async () => {
  const [a, b] = [await program.workspace(), await program.workspace()];
  const key = { 'idempotency-key': 'the same in both' };
  const make = (ws: TestWorkspace) =>
    ws.api('POST', '/api/customers/', { email: 'key@example.com' }, key);
  const [first, other] = [await make(a), await make(b)];
  expect([first.status, other.status]).toEqual([201, 201]);
  expect(other.body.id).not.toBe(first.body.id);
  expect((await make(a)).text).toBe(first.text);
  expect((await make(b)).text).toBe(other.text);
});

it('lets a spent limit of one workspace hold up no other', async () => {
  const limited = await startProgram({ rateLimit: 6 });
  try {
    const [a, b] = [
      await limited.workspace(['customers:read']),
      await limited.workspace(['customers:read']),
    ];
    const statuses = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await a.api('GET', '/api/customers/')).status);
    expect(statuses).toEqual([...Array(6).fill(200), 429, 429]);
    expect((await b.api('GET', '/api/customers/')).status).toBe(200);
  } finally {
    await limited.close();
  }
});

it('lets a lock of one workspace hold up no other', async () => {
  const { urls } = program.database;
  // The embedded database has one session, so nothing there can hold a lock meanwhile.
  if (urls === undefined) return;
  const [a, b] = [await twin(), await twin()];
  await asOwner(new URL(urls.admin).pathname.slice(1), async (client) => {
    await client.query('begin');
    await client.query(
      `select pg_advisory_xact_lock(hashtextextended('clientele.events:' || $1, 0))`,
      [a.ws.id],
    );
    expect((await b.ws.api('GET', '/api/events')).body.data.length).toBeGreaterThan(0);
    await client.query('rollback');
  });
});
