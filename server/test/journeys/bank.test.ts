import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, type Reply } from '../kit/call.ts';
import { engine, openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { freePort, startProcess, type TestProcess } from '../kit/process.ts';
import { ROOT_TOKEN } from '../kit/program.ts';
import { size } from '../kit/soak.ts';

const CLIENTS = 64;
const WALLETS = 20;
const OPERATIONS = size(20_000, 200_000);
const KILLS = 5;
/** The credit limit of postpaid wallets, in cents. */
const LIMIT = 10_000n;

let dataDir: string;
let database: TestDatabase | undefined;
let env: Record<string, string>;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'clientele-bank-'));
  env = { CLIENTELE_DATA_DIR: dataDir, PORT: String(await freePort()) };
  if (engine === 'postgres') {
    database = await openTestDatabase();
    env.DATABASE_URL = database.urls?.service as string;
    env.CLIENTELE_SECRET = 'a-secret-that-outlives-kills';
  }
});
afterAll(async () => {
  await database?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const cents = (money: { value: string }) => BigInt(money.value.replace('.', ''));
const decimal = (amount: number) => (amount / 100).toFixed(2);
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

interface Account {
  id: string;
  prepaid: boolean;
  holds: string[];
}

/** What came in and went out by acknowledged operations, in cents. */
const flow = { in: 0n, out: 0n };
const wrong: string[] = [];

class Bank {
  process: TestProcess;
  token = '';
  accounts: Account[] = [];
  done = 0;
  constructor(process: TestProcess) {
    this.process = process;
  }

  /** Sends until it is answered: a kill in between leaves the outcome to the key. */
  async send(method: string, path: string, body?: unknown): Promise<Reply> {
    const headers = method === 'GET' ? {} : { 'idempotency-key': randomUUID() };
    for (;;) {
      try {
        const answer = await call(this.process.url, method, path, {
          token: path.startsWith('/admin') ? ROOT_TOKEN : this.token,
          body,
          headers,
        });
        if (answer.status !== 503) return answer;
      } catch {
        // The server is gone for a moment.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async open(): Promise<void> {
    const ws = (await this.send('POST', '/admin/v1/workspaces', { name: 'Bank', slug: 'bank' }))
      .body;
    const made = await this.send('POST', `/admin/v1/workspaces/${ws.id}/credentials`, {
      kind: 'secret_key',
      name: 'bank',
      scopes: ['*'],
    });
    this.token = made.body.token;
    for (let i = 0; i < WALLETS; i += 1) {
      const prepaid = i % 2 === 0;
      const { body } = await this.send('POST', '/billing/v1/customers', {
        name: `Account ${i}`,
        mode: prepaid ? 'PREPAID' : 'POSTPAID',
        default_credit_limit: '100.00',
      });
      const wallet = await this.send('GET', `/billing/v1/customers/${body.data.id}/wallet`);
      this.accounts.push({ id: wallet.body.data.id, prepaid, holds: [] });
    }
  }

  async operate(): Promise<void> {
    const account = pick(this.accounts);
    const amount = decimal(1 + Math.floor(Math.random() * 3_000));
    const post = (op: string, body: object) =>
      this.send('POST', `/billing/v1/wallets/${account.id}/${op}`, body);
    const kind = pick(['credit', 'credit', 'promo', 'debit', 'debit', 'hold', 'settle', 'move']);
    let answer: Reply | undefined;
    if (kind === 'credit' || kind === 'promo') {
      const balance = kind === 'promo' ? 'promotional' : 'cash';
      answer = await post('credit', { amount, balance });
      if (answer.status === 201) flow.in += cents({ value: amount });
    } else if (kind === 'debit') {
      answer = await post('debit', { amount });
      if (answer.status === 201) flow.out += cents({ value: amount });
    } else if (kind === 'hold') {
      answer = await post('holds', { amount });
      if (answer.status === 201) account.holds.push(answer.body.data.hold.id);
    } else if (kind === 'settle') {
      const hold = account.holds.shift();
      if (hold === undefined) return;
      const op = pick(['capture', 'release']);
      answer = await post(`holds/${hold}/${op}`, {});
      if (op === 'capture' && answer.status === 200) {
        flow.out += cents(answer.body.data.hold.captured);
      }
    } else {
      answer = await post('transfer', { to_wallet_id: pick(this.accounts).id, amount });
    }
    if (![200, 201, 422].includes(answer.status)) wrong.push(`${kind}: ${answer.text}`);
    this.done += 1;
  }

  /** Looks at a wallet: nothing may ever be seen below its limit, or not adding up. */
  async look(): Promise<void> {
    const account = pick(this.accounts);
    const { body } = await this.send('GET', `/billing/v1/wallets/${account.id}`);
    const [cash, promo, held] = ['cash_balance', 'promotional_balance', 'held_balance'].map((b) =>
      cents(body.data[b]),
    ) as [bigint, bigint, bigint];
    const floor = account.prepaid ? 0n : -LIMIT;
    if (cash + promo - held < floor) wrong.push(`${account.id} is at ${cash + promo - held}`);
    const page = await this.send('GET', `/billing/v1/wallets/${account.id}/transactions?limit=20`);
    const entries = [...page.body.data].reverse();
    for (const [i, entry] of entries.entries()) {
      const before = entries[i - 1];
      if (before === undefined) continue;
      for (const name of ['cash', 'promotional', 'held']) {
        const sum = cents(before[`${name}_balance`]) + cents(entry[name]);
        if (sum !== cents(entry[`${name}_balance`])) wrong.push(`${entry.id} does not add up`);
      }
    }
  }
}

it('loses and makes no cent, whatever many do at once while the server is killed', async () => {
  const bank = new Bank(await startProcess(env));
  await bank.process.ready();
  await bank.open();
  let running = true;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (bank.done < OPERATIONS) await bank.operate();
  });
  const reader = (async () => {
    while (running) {
      await bank.look();
      const { body } = await bank.send('GET', '/admin/v1/doctor/ledger');
      if (!body.ok) wrong.push(JSON.stringify(body.problems));
    }
  })();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    while (bank.done < (OPERATIONS * kill) / (KILLS + 1)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await bank.process.kill();
    bank.process = await startProcess(env);
    await bank.process.ready();
  }
  await Promise.all(clients);
  running = false;
  await reader;
  let there = 0n;
  for (const { id } of bank.accounts) {
    const { data } = (await bank.send('GET', `/billing/v1/wallets/${id}`)).body;
    there += cents(data.cash_balance) + cents(data.promotional_balance);
  }
  const check = await bank.send('GET', '/admin/v1/doctor/ledger');
  await bank.process.stop();
  expect(wrong).toEqual([]);
  expect(there).toBe(flow.in - flow.out);
  expect(check.body).toEqual({ ok: true, problems: [] });
}, 3_600_000);
