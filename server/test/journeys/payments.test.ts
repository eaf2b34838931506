import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PaymentProvider } from '../../src/modules/payment-methods/index.ts';
import type { Fault, StripeStandIn } from '../../src/providers/payments/stripe-stand-in.ts';
import { call, type Reply } from '../kit/call.ts';
import { engine, openTestDatabase } from '../kit/database.ts';
import {
  accountAt,
  newStandIn,
  type PaymentsProgram,
  startPayments,
  stripeToken,
} from '../kit/payments.ts';
import { startProcess, type TestProcess } from '../kit/process.ts';
import { ROOT_TOKEN, type TestWorkspace } from '../kit/program.ts';
import { size } from '../kit/soak.ts';
import { newTeam, portal } from '../surfaces/portal/portal-kit.ts';

/** How many calls go wrong, and how many customers they are about. */
const RUNS = size(40, 500);
const PEOPLE = size(8, 25);
const PATH = '/payment-methods';
const FAULTS: Fault[] = [
  ...(['stall_before', 'stall_after', 'late', 'reset_before', 'reset_after'] as const),
  ...(['error_before', 'error_after', 'limited', 'conflict', 'declined'] as const),
];
const CALLS = [
  'POST /v1/setup_intents',
  'POST /v1/customers',
  'POST /v1/payment_methods',
  'GET /v1',
];

let program: PaymentsProgram;
let ws: TestWorkspace;
beforeAll(async () => {
  program = await startPayments('stripe', 60);
  ws = await program.workspace();
});
afterAll(() => program.close());

const standIn = () => program.standIn as StripeStandIn;
const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

/** Loses, now and then, what a call to the provider brought: as a process that dies would. */
function losing(provider: PaymentProvider, chance: () => boolean): PaymentProvider {
  return new Proxy(provider, {
    get(target, name: keyof PaymentProvider) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return async (...args: never[]) => {
        const lost = chance();
        const outcome = await (value as (...a: never[]) => Promise<unknown>).apply(target, args);
        if (lost) throw new Error('the process is gone');
        return outcome;
      };
    },
  });
}

interface Person {
  id: string;
  api: ReturnType<typeof portal>;
  /** Set-ups that wait for the bank. */
  waiting: string[];
}

async function act(person: Person): Promise<Reply> {
  const { api } = person;
  const add = (kind: 'visa' | 'mastercard' | '3ds') =>
    api('POST', PATH, { confirmation_token_id: stripeToken(kind), return_url: '/' });
  const kind = Math.random();
  if (kind < 0.35) return add(any(['visa', 'mastercard']));
  if (kind < 0.5) {
    const asked = await add('3ds');
    if (asked.status === 201) person.waiting.push(asked.body.client_secret);
    return asked;
  }
  const secret = kind < 0.65 ? person.waiting.pop() : undefined;
  if (secret !== undefined) {
    await program.authenticate(secret, any(['approve', 'approve', 'refuse']));
    return api('POST', `${PATH}/confirm`, { setup_intent_id: secret.split('_secret_')[0] });
  }
  const method = any<{ id: string }>((await api('GET', PATH)).body);
  if (method === undefined) return add('visa');
  if (kind < 0.8) return api('DELETE', `${PATH}/${method.id}`);
  return api('POST', `${PATH}/${method.id}/default`);
}

/** Everything that is at the processor and not here, here and not there, or there twice. */
async function differences(people: Person[]): Promise<string[]> {
  const found: string[] = [];
  const { customers, setups } = standIn().store;
  for (const { id } of people) {
    const theirs = [...customers.values()].filter((c) => c.metadata.clientele_customer_id === id);
    if (theirs.length > 1) found.push(`${id} is ${theirs.length} customers`);
    const rows = await program.database.owner<{ processor_id: string; is_default: boolean }>(
      `select processor_id, is_default from payment_methods
       where customer_id = $1 and deleted_at is null order by processor_id`,
      [id],
    );
    const there = theirs.flatMap((c) => standIn().store.attached(c.id)).map((m) => m.id);
    const here = rows.map((r) => r.processor_id);
    if (here.join() !== there.sort().join()) found.push(`${id} has ${here}, there ${there}`);
    const chosen = rows.find((r) => r.is_default)?.processor_id ?? null;
    const told = theirs[0]?.invoice_settings.default_payment_method ?? null;
    if (chosen !== told) found.push(`${id} has the default ${chosen}, there ${told}`);
  }
  const keys = [...setups.values()].map((s) => s.metadata?.clientele_intent_id);
  if (new Set(keys).size !== keys.length) found.push('a set-up was made twice for one intent');
  const open = await program.database.owner<{ kind: string }>(
    `select kind, attempts from payment_intents where status = 'pending'`,
  );
  for (const { kind } of open) found.push(`a ${kind} is open`);
  return found;
}

it('ends with one effect for each intent, and nothing left over, whatever goes wrong', async () => {
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, async (): Promise<Person> => {
      const { id, customerToken } = await newTeam(ws);
      return { id, api: portal(program, customerToken), waiting: [] };
    }),
  );
  let losses = 0;
  const provider = program.app.payments.serving;
  program.app.payments.serving = losing(provider, () => {
    const lost = Math.random() < 0.1;
    if (lost) losses += 1;
    return lost;
  });
  const answers: number[] = [];
  for (let run = 0; run < RUNS; run += PEOPLE) {
    await Promise.all(
      people.map(async (person) => {
        const fault = any(FAULTS);
        standIn().fail(any(CALLS), ...Array.from({ length: any([1, 2, 3]) }, () => fault));
        answers.push((await act(person)).status);
      }),
    );
    // Whoever looks after open intents meets the same weather.
    if (run % (PEOPLE * 5) === 0) await program.reconcile('all').catch(() => {});
  }
  program.app.payments.serving = provider;
  standIn().heal();
  for (let pass = 0; pass < 4; pass += 1) await program.reconcile('all');
  expect(await differences(people)).toEqual([]);
  expect(losses).toBeGreaterThan(0);
  expect(answers).toContain(502);
  expect(answers.filter((s) => ![200, 201, 204, 400, 403, 404, 500, 502].includes(s))).toEqual([]);
}, 3_600_000);

/** A process that takes payments at a stand-in, and a portal session in it. */
async function startAt(url: string, env: Record<string, string>) {
  const process = await startProcess({ ...env, STRIPE_API_BASE: url });
  await process.ready();
  const root = (path: string, body: unknown) =>
    call(process.url, 'POST', path, { token: ROOT_TOKEN, body });
  return { process, root };
}

it('goes on after kill -9 between the call and its record, and has one method', async () => {
  const at = await newStandIn();
  const dataDir = mkdtempSync(join(tmpdir(), 'clientele-payments-'));
  const database = engine === 'postgres' ? await openTestDatabase() : undefined;
  const { secretKey, webhookSecret } = accountAt(at);
  const env: Record<string, string> = {
    CLIENTELE_DATA_DIR: dataDir,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    ...(database === undefined
      ? {}
      : {
          DATABASE_URL: database.urls?.service as string,
          CLIENTELE_SECRET: 'a-secret-that-outlives-kills',
        }),
  };
  let running: TestProcess | undefined;
  try {
    const { process, root } = await startAt(at.url, env);
    running = process;
    const { body: made } = await root('/admin/v1/workspaces', { name: 'Paid', slug: 'paid' });
    const credential = { kind: 'access_token', name: 'test', scopes: ['*'] };
    const { body: issued } = await root(`/admin/v1/workspaces/${made.id}/credentials`, credential);
    const backend = (path: string, body: unknown) =>
      call(process.url, 'POST', path, { token: issued.token, body });
    const { body: customer } = await backend('/api/customers/', { email: 'payer@example.com' });
    const opened = await backend('/api/customer-sessions/', { customer_id: customer.id });
    const add = (url: string) =>
      call(url, 'POST', `/api/customer-portal${PATH}`, {
        token: opened.body.token,
        body: { confirmation_token_id: 'ctoken_visa_killed', return_url: '/' },
      });

    at.seen('POST /v1/setup_intents');
    at.fail('POST /v1/setup_intents', 'stall_after');
    const answer = add(process.url).catch(() => undefined);
    while (at.seen('POST /v1/setup_intents') === 0 || at.store.setups.size === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await process.kill();
    await answer;

    const again = await startAt(at.url, env);
    running = again.process;
    const repeated = await add(running.url);
    expect([repeated.status, repeated.body.payment_method?.last4]).toEqual([201, '4242']);
    expect(at.store.setups.size).toBe(1);
    expect(at.store.customers.size).toBe(1);
  } finally {
    await running?.kill();
    await database?.close();
    await at.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 120_000);
