import { CustomerWithMembers } from '@clientele/contracts/workspace/schemas/customer.ts';
import Fastify from 'fastify';
import pg from 'pg';
import { Batch, type Result } from '../server/src/db/drivers/batch.ts';
import { type Statement, statement } from '../server/src/db/drivers/statement.ts';

/**
 * What the product is measured against, in one process: `/bare` is Fastify and node-postgres
 * with neither auth nor row security, answering the same body in one query; `/explicit` and
 * `/isolated` run one and the same query through our driver, without and with isolation.
 */
const COLUMNS =
  'c.id, c.created_at, c.modified_at, c.metadata, c.external_id, c.email, c.email_verified, c.type, c.name, c.billing_address, c.workspace_id, c.deleted_at';
const ONE = `select ${COLUMNS}, m.id as m_id, m.created_at as m_created_at,
    m.modified_at as m_modified_at, m.email as m_email, m.name as m_name,
    m.external_id as m_external_id, m.role as m_role
  from clientele.customers c left join clientele.members m on m.workspace_id = c.workspace_id
    and m.customer_id = c.id and m.deleted_at is null
  where c.workspace_id = $1 and c.id = $2 and c.deleted_at is null
  order by m.created_at, m.id`;

const owner = process.env.BENCH_OWNER_URL as string;
const service = process.env.BENCH_SERVICE_URL as string;
const pool = new pg.Pool({ connectionString: owner, max: 8 });
const avatar = `https://www.gravatar.com/avatar/${'0'.repeat(64)}?d=404`;

const NO_ADDRESS = { line1: null, line2: null, postal_code: null, city: null, state: null };

// biome-ignore lint/suspicious/noExplicitAny: a baseline has no model
function shape(rows: any[]) {
  const c = rows[0];
  c.avatar_url = avatar;
  c.billing_address = c.billing_address && { ...NO_ADDRESS, ...c.billing_address };
  c.members = rows
    .filter((r) => r.m_id !== null)
    .map((r) => ({
      id: r.m_id,
      created_at: r.m_created_at,
      modified_at: r.m_modified_at,
      customer_id: c.id,
      email: r.m_email,
      name: r.m_name,
      external_id: r.m_external_id,
      role: r.m_role,
    }));
  return c;
}

async function shared(url: string, options: string): Promise<pg.Client> {
  const config = { connectionString: url, options, pipeline: true };
  const client = new pg.Client(config as pg.ClientConfig);
  await client.connect();
  return client;
}

const send = (client: pg.Client, statements: Statement[]) =>
  new Promise<Result[]>((resolve, reject) => {
    client.query(
      new Batch(statements, (error, results) =>
        error ? reject(error) : resolve(results as Result[]),
      ) as never,
    );
  });

const getOne = statement('bench.one', ONE);
const enter = statement(
  'bench.enter',
  `select where set_config('clientele.workspace_id', $1, true) is null`,
);
const plain = await shared(process.env.BENCH_PLAIN_URL as string, '');
const bound = await shared(service, '-c role=clientele_app');

const app = Fastify();
const schema = { response: { 200: CustomerWithMembers } };
type Ids = { ws: string; id: string };
app.get('/bare/:ws/:id', { schema }, async (request) => {
  const { ws, id } = request.params as Ids;
  return shape((await pool.query({ name: 'one', text: ONE, values: [ws, id] })).rows);
});
app.get('/explicit/:ws/:id', { schema }, async (request) => {
  const { ws, id } = request.params as Ids;
  return shape((await send(plain, [getOne(ws, id)]))[0]?.rows ?? []);
});
app.get('/isolated/:ws/:id', { schema }, async (request) => {
  const { ws, id } = request.params as Ids;
  return shape((await send(bound, [enter(ws), getOne(ws, id)]))[1]?.rows ?? []);
});
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
