import { median, print } from './report.ts';
import { cpu, type Stage, wrk } from './stage.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SECONDS = 2;
const CONNECTIONS = 16;

interface Burst {
  perSecond: number;
  /** CPU microseconds a request: the server process, and the database. */
  node: number;
  database: number;
}

/** One burst with the CPU it took. */
export async function burst(
  stage: Stage,
  pid: number,
  url: string,
  options: { token?: string; script?: string; connections?: number } = {},
): Promise<Burst> {
  const before = await cpu(stage, pid);
  const { connections = CONNECTIONS, ...rest } = options;
  const { requests, perSecond } = wrk(url, { connections, seconds: SECONDS, ...rest });
  const after = await cpu(stage, pid);
  return {
    perSecond,
    node: (after.node - before.node) / requests,
    database: (after.database - before.database) / requests,
  };
}

const cost = (b: Burst[]) =>
  `${median(b.map((x) => x.node)).toFixed(0)}+${median(b.map((x) => x.database)).toFixed(0)}`;

/** GET by id against the bare baseline, and isolation against an explicit predicate (P2). */
export async function pointReads(stage: Stage): Promise<void> {
  const { service, baseline, workspaceId, customerId, token } = stage;
  const ours = `${service.url}/api/customers/${customerId}`;
  const at = (kind: string) => `${baseline.url}/${kind}/${workspaceId}/${customerId}`;
  const rounds = { ours: [], bare: [], explicit: [], isolated: [] } as Record<string, Burst[]>;
  for (let i = 0; i < ROUNDS; i += 1) {
    rounds.ours?.push(await burst(stage, service.pid, ours, { token }));
    for (const kind of ['bare', 'explicit', 'isolated']) {
      rounds[kind]?.push(await burst(stage, baseline.pid, at(kind)));
    }
  }
  const of = (kind: string) => rounds[kind] as Burst[];
  const ratios = of('ours').map((b, i) => b.perSecond / (of('bare')[i] as Burst).perSecond);
  print({
    name: 'GET by id / bare Fastify + pg, same answer',
    ratio: median(ratios),
    goal: { atLeast: 0.8 },
    detail: `CPU us/request (Node+PostgreSQL) ${cost(of('ours'))} against ${cost(of('bare'))}`,
  });
  const total = (b: Burst) => b.node + b.database;
  const isolation = (against: string) =>
    median(of('isolated').map((b, i) => total(b) / total(of(against)[i] as Burst)));
  // performance.md P2: the isolated query against node-postgres with an explicit predicate.
  print({
    name: 'isolation / explicit predicate with node-postgres',
    ratio: isolation('bare'),
    goal: { atMost: 1.1 },
    detail: `CPU us/request ${cost(of('isolated'))} against ${cost(of('bare'))}`,
  });
  print({
    name: 'isolation / explicit predicate with our driver',
    ratio: isolation('explicit'),
    goal: undefined,
    detail: `CPU us/request ${cost(of('isolated'))} against ${cost(of('explicit'))}`,
  });
}

/** The median latency of sequential requests, in milliseconds. */
export async function latency(url: string, token: string, times = 60): Promise<number> {
  const taken: number[] = [];
  const headers = { authorization: `Bearer ${token}` };
  for (let i = 0; i < times + 5; i += 1) {
    const start = performance.now();
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${response.status} from ${url}`);
    if (i >= 5) taken.push(performance.now() - start);
  }
  return median(taken);
}

async function compared(
  stage: Stage,
  name: string,
  far: string,
  near: string,
  atMost: number,
): Promise<void> {
  const ratios: number[] = [];
  let last = { far: 0, near: 0 };
  for (let i = 0; i < 5; i += 1) {
    last = {
      near: await latency(stage.service.url + near, stage.token),
      far: await latency(stage.service.url + far, stage.token),
    };
    ratios.push(last.far / last.near);
  }
  print({
    name,
    ratio: median(ratios),
    goal: { atMost },
    detail: `${last.far.toFixed(2)} ms against ${last.near.toFixed(2)} ms`,
  });
}

/** Deep pages, the change log's end, and search. */
export async function lists(stage: Stage): Promise<void> {
  const list = '/api/customers/?limit=10';
  const deep = Math.floor((stage.customers * 0.9) / 10);
  await compared(stage, `page ${deep} of 10 / page 1`, `${list}&page=${deep}`, list, 8);
  const middle = Math.floor(stage.customers / 20);
  await compared(stage, `page ${middle} of 10 / page 1`, `${list}&page=${middle}`, list, 8);
  const events = '/api/events?limit=100';
  const last = await lastSequence(stage);
  await compared(
    stage,
    'change log near its end / at its start',
    `${events}&after=${last - 101}`,
    `${events}&after=0`,
    1.25,
  );
  await compared(
    stage,
    'search for a rare term / GET by id',
    '/api/customers/?query=54321',
    `/api/customers/${stage.customerId}`,
    10,
  );
}

async function lastSequence(stage: Stage): Promise<number> {
  await stage.owner.query(
    `insert into clientele.outbox (workspace_id, id, type, customer_id, data)
     select c.workspace_id, gen_random_uuid(), 'customer.created', c.id, to_jsonb(c) from clientele.customers c
     where c.workspace_id = $1 and not exists (select 1 from clientele.events e where e.workspace_id = $1)
     limit 50000`,
    [stage.workspaceId],
  );
  await stage.owner.query('select clientele.sequence_events($1)', [stage.workspaceId]);
  await stage.owner.query('vacuum analyze clientele.events, clientele.outbox');
  const { rows } = await stage.owner.query(
    'select max(sequence)::int8 as last from clientele.events where workspace_id = $1',
    [stage.workspaceId],
  );
  return Number(rows[0].last);
}
