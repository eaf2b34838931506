import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram, type TestWorkspace } from '../kit/program.ts';

/** Requests of the storm; `npm run soak` sends far more. */
const REQUESTS = Number(process.env.CLIENTELE_SOAK ?? 0) > 0 ? 100_000 : 2_000;
const WORKSPACES = 30;
const CUSTOMERS = 8;
const CALLERS = 24;
const ABORTED = 0.05;
const FAILING = 0.04;
const ENDED = 0.01;

interface Tenant {
  ws: TestWorkspace;
  /** Every address of this workspace ends in it, and none of another does. */
  domain: string;
  customers: string[];
  meter: string;
}

let program: TestProgram;
const tenants: Tenant[] = [];
/** Tokens that ended behind the program's back, so that it is the entry statement which refuses. */
const ended: string[] = [];

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
let serial = 0;
const next = () => {
  serial += 1;
  return serial;
};

beforeAll(async () => {
  program = await startProgram();
  for (let n = 0; n < WORKSPACES; n += 1) {
    const ws = await program.workspace();
    const domain = `w${n}.storm.example`;
    const customers: string[] = [];
    for (let i = 0; i < CUSTOMERS; i += 1) {
      const { body } = await ws.api('POST', '/api/customers/', {
        email: `c${i}@${domain}`,
        name: 'Common Name',
        external_id: `same-${i}`,
        metadata: { home: ws.id },
      });
      customers.push(body.id);
    }
    const meter = await ws.api('POST', '/api/meters/', {
      name: 'same',
      aggregation: { type: 'count' },
    });
    tenants.push({ ws, domain, customers, meter: meter.body.id });
  }
  const quitting = [await program.workspace(), await program.workspace()];
  for (const ws of quitting) {
    await ws.api('GET', '/api/customers/');
    ended.push(ws.token);
  }
  await program.database.owner(
    `update credentials set expires_at = now() - interval '1 second' where id = any($1)`,
    [quitting.map((ws) => ws.credentialId)],
  );
}, 120_000);
afterAll(() => program.close());

type Request = [method: string, path: string, body?: unknown];

function ordinary({ customers, domain, meter }: Tenant): Request {
  const id = pick(customers);
  const n = next();
  return pick<() => Request>([
    () => ['GET', `/api/customers/${id}`],
    () => ['GET', `/api/customers/${id}?include_members=false`],
    () => ['GET', `/api/customers/external/same-${n % CUSTOMERS}`],
    () => ['GET', `/api/customers/${id}/state`],
    () => ['GET', '/api/customers/?limit=100'],
    () => ['GET', '/api/customers/?limit=5&page=2&sorting=-email'],
    () => ['GET', '/api/customers/?query=common'],
    () => ['GET', '/api/customers/?query=c'],
    () => ['GET', '/api/customers/?email=C1%40W1.storm.example'],
    () => ['GET', '/api/customers/?metadata[home]=x'],
    () => ['GET', '/api/customers/export'],
    () => ['GET', '/api/members/?limit=100'],
    () => ['GET', '/api/events?limit=50'],
    () => ['GET', '/api/meters/'],
    () => ['PATCH', `/api/customers/${id}`, { name: `Common Name ${n}` }],
    () => ['POST', '/api/customers/', { email: `n${n}@${domain}`, name: 'Common New' }],
    () => ['POST', '/api/members/', { customer_id: id, email: `m${n}@${domain}` }],
    () => ['POST', '/api/events/ingest', { events: [{ name: 'used', customer_id: id }] }],
    () => ['POST', `/api/customers/${id}/meters/${meter}/credits`, { units: 1 }],
  ])();
}

/** Requests whose statement fails in the database, so that their connection goes on after an error. */
function failing({ customers, domain }: Tenant): Request {
  const taken = { email: `c1@${domain}`, external_id: 'same-1' };
  return pick<Request>([
    ['POST', '/api/customers/', taken],
    ['PATCH', `/api/customers/${customers[0]}`, { email: taken.email }],
    [
      'POST',
      '/api/members/',
      { customer_id: customers[0], email: `x${next()}@${domain}`, external_id: 'same-0' },
    ],
  ]);
}

/** What of an answer is not its caller's own. */
function strangers(text: string, { ws, domain }: Tenant): string[] {
  const addresses = [...text.matchAll(/@(w\d+\.storm\.example)/gi)].map(([, d]) => d as string);
  // In JSON and, with doubled quotes, in the metadata column of an export.
  const homes = [...text.matchAll(/(?:workspace_id|home)"+:\s?"+([0-9a-f-]{36})/g)].map(
    ([, id]) => id as string,
  );
  return [
    ...addresses.filter((d) => d.toLowerCase() !== domain),
    ...homes.filter((home) => home !== ws.id),
  ];
}

it(`shows nobody a row of another workspace in ${REQUESTS} mixed requests`, async () => {
  let left = REQUESTS;
  let aborted = 0;
  let rows = 0;
  const foreign: string[] = [];
  const statuses = new Map<number, number>();

  async function one(): Promise<void> {
    const tenant = pick(tenants);
    const token = Math.random() < ENDED ? pick(ended) : tenant.ws.token;
    const [method, path, body] = Math.random() < FAILING ? failing(tenant) : ordinary(tenant);
    const gone = new AbortController();
    const cut = Math.random() < ABORTED;
    if (cut) setTimeout(() => gone.abort(), Math.random() * 6);
    try {
      const answer = await fetch(program.url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: gone.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      rows += text.split(tenant.domain).length - 1;
      if (token !== tenant.ws.token) expect(answer.status).toBe(401);
      else if (answer.status < 400) {
        foreign.push(...strangers(text, tenant).map((what) => `${method} ${path}: ${what}`));
      }
    } catch (error) {
      if (!cut) throw error;
      aborted += 1;
    }
  }

  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (left > 0) {
        left -= 1;
        await one();
      }
    }),
  );
  expect(foreign).toEqual([]);
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  expect(rows).toBeGreaterThan(REQUESTS);
  expect(statuses.get(422) ?? 0).toBeGreaterThan(0);
  expect(statuses.get(401) ?? 0).toBeGreaterThan(0);
  expect(aborted).toBeGreaterThan(0);

  const misplaced = await program.database.owner(
    `select c.id from customers c join customers o
       on split_part(o.email, '@', 2) = split_part(c.email, '@', 2)
      and o.workspace_id <> c.workspace_id`,
  );
  expect(misplaced).toEqual([]);
}, 1_200_000);
