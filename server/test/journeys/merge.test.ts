import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../kit/program.ts';
import { size } from '../kit/soak.ts';
import { billingWorkspace, newCustomer } from '../surfaces/billing/billing-kit.ts';
import {
  balances,
  credit,
  merge,
  merged,
  sound,
  state,
  undo,
} from '../surfaces/billing/merge-kit.ts';
import { beside, bothWays, broken, fortune, type Party, parties, pick } from './merge-storm.ts';

const PAIRS = size(50, 500);
const RINGS = size(1, 10);
const RACES = size(10, 100);
const WRITES = 50;
const ROUNDS = size(2, 20);

let program: TestProgram;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.close());

it('lets one of two opposite merges through, moves no cent and makes no cycle (T36, T37)', async () => {
  const ws = await billingWorkspace(program);
  const list = await parties(ws, 2 * PAIRS);
  const before = await fortune(ws);
  let spent = 0n;
  const strange: string[] = [];
  const stopDebits = beside(async () => {
    const { walletId } = pick(list);
    const answer = await ws.bill('POST', `/wallets/${walletId}/debit`, { amount: '0.01' });
    if (answer.status === 201) spent += 1n;
    // Its wallet was folded into another meanwhile, or is empty.
    else if (![404, 422].includes(answer.status)) strange.push(answer.text);
  }, 4);
  const stopExports = beside(async () => {
    const answer = await ws.api('GET', '/api/customers/export');
    if (answer.status !== 200) strange.push(answer.text);
  });
  const stopReads = beside(async () => {
    const answer = await ws.api('GET', `/api/customers/${pick(list).id}`);
    if (![200, 404].includes(answer.status)) strange.push(answer.text);
    const open = (await ws.bill('GET', `/wallets?customer_id=${pick(list).id}`)).body.data;
    for (const w of open) {
      if (w.available_balance.value.startsWith('-')) strange.push(`${w.id} is below zero`);
    }
  });
  const { through, refused } = await bothWays(ws, list, 8);
  await Promise.all([stopDebits(), stopExports(), stopReads()]);
  expect(strange).toEqual([]);
  expect(through).toEqual(Array(PAIRS).fill(1));
  expect(refused).toEqual(['409 INVALID_STATE_TRANSITION']);
  expect(await broken(program, ws)).toEqual([]);
  expect(await fortune(ws)).toBe(before - spent);
  await sound(program);
});

it('leaves a forest of rings, where every old id leads to a survivor in one step (I5)', async () => {
  const ws = await billingWorkspace(program);
  for (let round = 0; round < RINGS; round += 1) {
    for (let length = 3; length <= 8; length += 1) {
      const ring = await parties(ws, length);
      const before = await fortune(ws);
      const answers = await Promise.all(
        ring.map(({ id }, i) => merge(ws, id, ring[(i + 1) % length]?.id as string)),
      );
      const through = answers.filter((x) => x.status === 200).length;
      expect(through).toBeGreaterThan(0);
      expect(through).toBeLessThan(length);
      expect(new Set(answers.map((x) => x.status))).toEqual(new Set([200, 409]));
      const alive = new Set<string>();
      for (const { id } of ring) {
        const answer = await ws.api('GET', `/api/customers/${id}`);
        if (answer.status === 200) alive.add(id);
        else {
          const into = answer.headers.get('clientele-merged-into');
          expect((await ws.api('GET', `/api/customers/${into}`)).status).toBe(200);
        }
      }
      expect(alive.size).toBe(length - through);
      expect(await fortune(ws)).toBe(before);
    }
  }
  expect(await broken(program, ws)).toEqual([]);
  await sound(program);
});

it('has a serial outcome beside erasures, undos and further merges (T37)', async () => {
  const ws = await billingWorkspace(program);
  const erase = (id: string) => ws.api('DELETE', `/api/customers/${id}?anonymize=true`);
  for (let round = 0; round < RACES; round += 1) {
    const [a, b, c] = (await parties(ws, 3)) as [Party, Party, Party];
    const canary = `canary-${randomUUID()}`;
    await ws.bill('PATCH', `/customers/${a.id}`, { name: canary, metadata: { note: canary } });
    const first = round % 2 === 0 ? await merged(ws, a.id, b.id) : undefined;
    const answers = await Promise.all([
      first === undefined ? merge(ws, a.id, b.id) : undo(ws, first.id),
      merge(ws, b.id, c.id),
      erase(b.id),
      erase(c.id),
    ]);
    for (const { status, text } of answers) {
      expect([[200, 204, 404, 409].includes(status), text]).toEqual([true, text]);
    }
    // Whoever of the three is left is erased now, and with it all that became part of it.
    for (const { id } of [a, b, c]) await erase(id);
    const [left] = await program.database.owner<{ n: number }>(
      `select count(*)::int as n from customers c
       where c.workspace_id = '${ws.id}' and c::text like '%${canary}%'`,
    );
    expect(left?.n).toBe(0);
  }
  await sound(program);
});

const cents = (text: string) => BigInt(text.replace('.', ''));

it('comes apart as it was after many writes, but for what it tells (T36)', async () => {
  const ws = await billingWorkspace(program);
  await ws.api('POST', '/api/meters/', { name: 'calls', aggregation: { type: 'count' } });
  for (let round = 0; round < ROUNDS; round += 1) {
    const [a, b] = [
      await newCustomer(ws, {
        external_id: randomUUID(),
        tags: ['a'],
        metadata: { a: 1, both: 1 },
      }),
      await newCustomer(ws, { tags: ['b'], metadata: { b: 1, both: 2 } }),
    ];
    await credit(ws, a.walletId, '100');
    await credit(ws, b.walletId, '100');
    const usd = (await ws.bill('POST', '/wallets', { customer_id: a.id, currency: 'USD' })).body
      .data.id as string;
    await credit(ws, usd, '100');
    await ws.bill('POST', `/customers/${a.id}/records`, {
      ...{ kind: 'invoice', external_id: randomUUID() },
    });
    const before = { a: await state(ws, a.id), b: await state(ws, b.id) };
    const { id } = await merged(ws, a.id, b.id, pick(['KEEP_TARGET', 'FILL_MISSING']));
    const since = { EUR: 0n, USD: 0n };
    const holds = { EUR: 0n, USD: 0n };
    const wallets = { EUR: b.walletId, USD: usd };
    const acts = {
      async credit(currency: 'EUR' | 'USD', amount: string) {
        await credit(ws, wallets[currency], amount);
        since[currency] += cents(amount);
      },
      async debit(currency: 'EUR' | 'USD', amount: string) {
        const sent = { amount };
        const answer = await ws.bill('POST', `/wallets/${wallets[currency]}/debit`, sent);
        if (answer.status === 201) since[currency] -= cents(amount);
      },
      async hold(currency: 'EUR' | 'USD', amount: string) {
        const sent = { amount };
        const answer = await ws.bill('POST', `/wallets/${wallets[currency]}/holds`, sent);
        if (answer.status === 201) holds[currency] += cents(amount);
      },
      async record() {
        const record = { kind: 'price', external_id: randomUUID() };
        await ws.bill('POST', `/customers/${b.id}/records`, record);
      },
      async use() {
        await ws.api('POST', '/api/events/ingest', { events: [{ name: 'x', customer_id: b.id }] });
      },
      async member() {
        const email = `${randomUUID()}@storm.example`;
        await ws.api('POST', '/api/members/', { customer_id: b.id, email });
      },
    };
    for (let n = 0; n < WRITES; n += 1) {
      const amount = (Math.floor(Math.random() * 900 + 100) / 100).toFixed(2);
      await pick(Object.values(acts))(pick(['EUR', 'USD'] as const), amount);
    }
    const { body } = await undo(ws, id);
    const { exceptions } = body.data as { exceptions: { kind: string; id: string }[] };
    const after = { a: await state(ws, a.id), b: await state(ws, b.id) };
    expect({ ...after.a, wallets: [] }).toEqual({ ...before.a, wallets: [] });
    expect(after.b.customer).toEqual(before.b.customer);
    const told = new Set(exceptions.map((e) => e.id));
    const [mine, theirs] = [await balances(ws, a.id), await balances(ws, b.id)];
    for (const currency of ['EUR', 'USD'] as const) {
      const read = (of: Record<string, string>) =>
        (of[currency] ?? '0.00 0.00 0.00').split(' ').map(cents) as [bigint, bigint, bigint];
      const [own, , held] = read(mine);
      const [rest, , restHeld] = read(theirs);
      const started = currency === 'EUR' ? 10_000n : 0n;
      expect(own + rest).toBe(10_000n + started + since[currency]);
      expect([held, restHeld]).toEqual([0n, holds[currency]]);
      const wallet = currency === 'EUR' ? a.walletId : usd;
      if (!told.has(wallet)) expect(own).toBe(10_000n);
      else expect(own).toBeLessThan(10_000n);
    }
    expect(exceptions.filter((e) => e.kind !== 'wallet')).toEqual([]);
  }
  expect(await broken(program, ws)).toEqual([]);
  await sound(program);
});
