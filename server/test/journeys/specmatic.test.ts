import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../kit/call.ts';
import { engine, openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startProcess, type TestProcess } from '../kit/process.ts';
import { ROOT_TOKEN } from '../kit/program.ts';
import { size } from '../kit/soak.ts';

const jar = fileURLToPath(import.meta.resolve('specmatic/specmatic.jar'));
const home = process.env.JAVA_HOME;
const java = home === undefined ? 'java' : join(home, 'bin', 'java');
const hasJava = spawnSync(java, ['-version']).status === 0;

/** Stands in specmatic's requests for an object that exists; a fresh one takes its place. */
const STAND_IN = '0f2d4c1e-6b3a-4d5e-8f70-91a2b3c4d5e6';

let folder: string;
let database: TestDatabase | undefined;
let program: TestProcess;
let workspace: string;
let token: string;

beforeAll(async () => {
  if (!hasJava) return;
  folder = mkdtempSync(join(tmpdir(), 'clientele-specmatic-'));
  const env: Record<string, string> = { CLIENTELE_DATA_DIR: join(folder, 'data') };
  if (engine === 'postgres') {
    database = await openTestDatabase();
    env.DATABASE_URL = database.urls?.service as string;
    env.CLIENTELE_SECRET = 'a-secret-for-tests-only';
  }
  program = await startProcess(env);
  await program.ready();
  workspace = await made(ROOT_TOKEN, '/admin/v1/workspaces', { name: 'Specmatic', slug: 'spec' });
  const credentials = `/admin/v1/workspaces/${workspace}/credentials`;
  const body = { kind: 'access_token', name: 'specmatic', scopes: ['*'] };
  token = (await call(program.url, 'POST', credentials, { token: ROOT_TOKEN, body })).body.token;
});
afterAll(async () => {
  await program?.stop();
  await database?.close();
  if (hasJava) rmSync(folder, { recursive: true, force: true });
});

/** Makes an object; its id. */
async function made(by: string, path: string, body: unknown): Promise<string> {
  const answer = await call(program.url, 'POST', path, { token: by, body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`);
  return answer.body.id;
}

/** A new customer; its id. */
function newCustomer(more: object = {}): Promise<string> {
  return made(token, '/api/customers/', { email: `${randomUUID()}@example.com`, ...more });
}

/** How an object is made for the part of a path that follows its collection's name. */
const makers: Record<string, (before: string[]) => Promise<string>> = {
  customers: () => newCustomer(),
  async external() {
    const external_id = randomUUID();
    await newCustomer({ external_id });
    return external_id;
  },
  async members() {
    const customer_id = await newCustomer();
    return made(token, '/api/members/', { customer_id, email: `${randomUUID()}@example.com` });
  },
  shares: () => made(token, '/api/shares/', { name: 'Stand-in' }),
  sessions: () => made(token, '/api/file-sharing/sessions', {}),
  payments: (before) => whereThereIs(made(token, before.join('/'), { amount_cents: 1 })),
  meters: () => made(token, '/api/meters/', { name: 'calls', aggregation: { type: 'count' } }),
  workspaces: () =>
    made(ROOT_TOKEN, '/admin/v1/workspaces', { name: 'Stand-in', slug: randomUUID() }),
  credentials: (before) =>
    whereThereIs(
      made(ROOT_TOKEN, before.join('/'), { kind: 'api_key', name: 'stand-in', scopes: ['*'] }),
    ),
};

/** In an object that specmatic made up nothing can be made: there the stand-in stays. */
function whereThereIs(id: Promise<string>): Promise<string> {
  return id.catch(() => STAND_IN);
}

/** The path with a fresh object of its kind for each stand-in. */
async function staged(path: string): Promise<string> {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    const make = part === STAND_IN ? makers[parts.at(-1) as string] : undefined;
    parts.push(make === undefined ? part : await make(parts));
  }
  return parts.join('/');
}

/** Sends a request on to the program, with fresh objects for the stand-ins. */
async function pass(asked: IncomingMessage, answer: ServerResponse): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const fresh = sent.includes(STAND_IN);
  const body = fresh ? sent.toString().replaceAll(STAND_IN, await newCustomer()) : sent;
  const [path, ...search] = (asked.url as string).split('?');
  const url = [await staged(path as string), ...search].join('?');
  const headers = { ...asked.headers, 'content-length': String(Buffer.byteLength(body)) };
  const onward = request(program.url + url, { method: asked.method, headers });
  onward.end(body);
  const [got] = (await once(onward, 'response')) as [IncomingMessage];
  const status = got.statusCode as number;
  answer.writeHead(status, got.headers);
  got.pipe(answer);
  return status;
}

/** What specmatic talks to; it counts the program's answers by status. */
async function openStage(statuses: Map<number, number>): Promise<Server> {
  const stage = createServer((asked, answer) => {
    pass(asked, answer).then(
      (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1),
      (error) => answer.writeHead(502).end(`${error}\n${program.output()}`),
    );
  });
  stage.listen(0, '127.0.0.1');
  await once(stage, 'listening');
  return stage;
}

interface Verdict {
  run: number;
  succeeded: number;
  /** What specmatic said of the first requests that were answered otherwise than published. */
  findings: string[];
  /** Answers by status. */
  statuses: Map<number, number>;
}

/** A small Java that leaves the cores to others and no files behind. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xmx1g'];

/** What specmatic prints above each request. */
const SEPARATOR = `${'-'.repeat(20)}\n`;
const FINDINGS_SHOWN = 3;

/** Runs specmatic's contract tests, the generated good and bad requests included. */
async function judge(surface: string, credential: string, hints: Hints): Promise<Verdict> {
  const place = join(folder, surface);
  mkdirSync(place);
  const write = (name: string, value: unknown) =>
    writeFileSync(join(place, name), JSON.stringify(value));
  const document = (await call(program.url, 'GET', `/openapi/${surface}.json`)).body;
  // The shortest keys are few, and each is used once.
  for (const operation of Object.values<Document>(document.paths).flatMap(Object.values)) {
    const key = operation.parameters.find((p: Document) => p.name === 'Idempotency-Key');
    delete key?.schema.minLength;
  }
  hints.narrow(document);
  write(`${surface}.json`, document);
  write(`${surface}_dictionary.json`, hints.dictionary);
  const statuses = new Map<number, number>();
  const stage = await openStage(statuses);
  const { port } = stage.address() as AddressInfo;
  const specmatic = spawn(
    java,
    [
      ...JVM,
      `-Duser.home=${place}`,
      ...['-jar', jar, 'test', `${surface}.json`, `--testBaseURL=http://127.0.0.1:${port}`],
    ],
    {
      cwd: place,
      env: {
        PATH: process.env.PATH,
        // Specmatic reads a token from the variable named as the document's security scheme.
        credential,
        SPECMATIC_GENERATIVE_TESTS: 'true',
        SPECMATIC_DISABLE_TELEMETRY: 'true',
        // The doctor tries every way across a boundary before it answers.
        SPECMATIC_TEST_TIMEOUT: '60000',
        MAX_TEST_REQUEST_COMBINATIONS: String(size(1, 20)),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  for await (const chunk of specmatic.stdout) said += chunk;
  stage.close();
  const [, run, succeeded] = /^Tests run: (\d+), Successes: (\d+)/m.exec(said) ?? [said, 0, -1];
  const findings = said.split(SEPARATOR).filter((part) => / has FAILED|ABORTED/.test(part));
  return {
    run: Number(run),
    succeeded: Number(succeeded),
    findings: findings.slice(0, FINDINGS_SHOWN),
    statuses,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a document is changed as it comes
type Document = any;

interface Hints {
  /** Values for fields that a schema alone does not tell. */
  dictionary: object;
  /** Puts into the document what it can tell in words alone, such as rules between fields. */
  narrow(document: Document): void;
}

const parameters = {
  PATH: Object.fromEntries(
    ['id', 'external_id', 'meter_id', 'credential_id', 'payment_id'].map((p) => [p, STAND_IN]),
  ),
  HEADER: { 'If-Match': '*' },
};

const email = `${STAND_IN}@example.com`;

const site = 'https://example.com/';
const digest = '0'.repeat(64);

const oneOf = (...words: string[]) => ({ type: 'string', enum: words });

const hints: Record<string, Hints> = {
  workspace: {
    dictionary: {
      PARAMETERS: parameters,
      AddressInput: { country: 'DE', state: 'Bayern' },
      OwnerCreate: { email: 'owner@example.com' },
      CustomerUpdate: { email },
      CustomerUpdateExternalID: { email },
      MemberCreate: { customer_id: STAND_IN },
      UsageEventCreate: { customer_id: STAND_IN },
      CustomerSessionCreate: { customer_id: STAND_IN, return_url: site },
      FileShareDownloadCreate: { downloader_ip: '203.0.113.7' },
      FileSharePaymentCreate: { customer_id: STAND_IN, buyer_email: 'buyer@example.com' },
      ShareMediaInput: { public_url: site, mime_type: 'image/png', checksum_sha256_hex: digest },
    },
    narrow({ components: { schemas }, paths }) {
      delete schemas.CustomerCreate.properties.workspace_id;
      delete schemas.UsageEventCreate.properties.external_customer_id;
      schemas.UsageEventCreate.required.push('customer_id');
      schemas.UsageEventCreate.properties.customer_id.type = 'string';
      const session = schemas.CustomerSessionCreate;
      session.required = ['customer_id'];
      session.properties = {
        customer_id: { type: 'string', format: 'uuid' },
        return_url: { type: ['string', 'null'], format: 'uri' },
      };
      // Of a boundary's value there is one, and a slug is taken once; no share has a made-up id.
      for (const name of ['short_slug', 'long_slug', 'share_id']) {
        delete schemas.FileShareSessionCreate.properties[name];
      }
      for (const name of ['stripe_checkout_session_id', 'stripe_payment_intent_id']) {
        delete schemas.FileSharePaymentCreate.properties[name];
      }
      // The fee is a part of the amount.
      delete schemas.FileSharePaymentCreate.properties.platform_fee_cents;
      // Only some ways lead from a status to another.
      schemas.FileShareSessionUpdate.properties.status = oneOf('active', 'destroyed');
      schemas.FileSharePaymentUpdate.properties.status = oneOf('completed', 'failed');
      schemas.SharePriceInput = { type: 'object', required: ['amount_type'], properties: {} };
      schemas.SharePriceInput.properties.amount_type = oneOf('free');
      schemas.MemberCreate.properties.role = oneOf('billing_manager', 'member');
      schemas.MeterAggregationInput = {
        type: 'object',
        required: ['type', 'property'],
        properties: {
          type: oneOf('sum', 'max', 'last', 'unique'),
          property: { type: 'string', minLength: 1 },
        },
      };
      // Its columns are told in words: specmatic would send any text.
      delete paths['/api/customers/import'].post.requestBody.content['text/csv'];
    },
  },
  admin: {
    dictionary: {
      PARAMETERS: parameters,
      WorkspaceCreate: { slug: STAND_IN },
      WorkspaceUpdate: { slug: STAND_IN, avatar_url: site, website: site, email },
      DemoCreate: { slug: STAND_IN },
      CredentialCreate: { scopes: [['*']], expires_at: '2999-12-31T23:59:59Z' },
    },
    narrow({ components: { schemas } }) {
      // Of a boundary's value there is one, and a slug is taken once.
      for (const name of ['WorkspaceCreate', 'WorkspaceUpdate', 'DemoCreate']) {
        schemas[name].properties.slug = { type: 'string' };
      }
    },
  },
};

describe.skipIf(!hasJava)('specmatic (needs Java), which knows nothing but the document,', () => {
  it.each(['workspace', 'admin'])(
    'finds every answer of the %s surface as published, whatever it sends',
    async (surface) => {
      const credential = surface === 'admin' ? ROOT_TOKEN : token;
      const verdict = await judge(surface, credential, hints[surface] as Hints);
      expect(verdict.findings).toEqual([]);
      expect(verdict.succeeded).toBe(verdict.run);
      expect(verdict.run).toBeGreaterThan(90);
      expect([...verdict.statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    },
    600_000,
  );
});
