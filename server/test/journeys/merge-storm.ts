import type { TestProgram } from '../kit/program.ts';
import { type BillingWorkspace, newCustomer } from '../surfaces/billing/billing-kit.ts';
import { credit, merge } from '../surfaces/billing/merge-kit.ts';

/** One customer of a storm. */
export interface Party {
  id: string;
  walletId: string;
}

export const pick = <T>(list: readonly T[]): T =>
  list[Math.floor(Math.random() * list.length)] as T;
const cents = (money: { value: string }) => BigInt(money.value.replace('.', ''));

/** Does something with each of a list, a few at a time: what is prepared is no storm yet. */
async function each<T>(list: readonly T[], atOnce: number, act: (item: T) => Promise<void>) {
  const left = [...list];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await act(item);
    }),
  );
}

/** Customers with ten euros each, some with a second wallet and a hold. */
export async function parties(ws: BillingWorkspace, count: number): Promise<Party[]> {
  const made: Party[] = [];
  const numbers = Array.from({ length: count }, (_, i) => i);
  await each(numbers, 8, async (i) => {
    const { id, walletId } = await newCustomer(ws);
    await credit(ws, walletId, '10');
    if (i % 3 === 0) await ws.bill('POST', `/wallets/${walletId}/holds`, { amount: '1' });
    if (i % 2 === 0) {
      const { body } = await ws.bill('POST', '/wallets', { customer_id: id, currency: 'USD' });
      await credit(ws, body.data.id, '5');
    }
    made.push({ id, walletId });
  });
  return made;
}

/** All money of a workspace's open wallets, in minor units, whatever its currency. */
export async function fortune(ws: BillingWorkspace): Promise<bigint> {
  let sum = 0n;
  let cursor = '';
  do {
    const { body } = await ws.bill('GET', `/wallets?limit=100${cursor}`);
    for (const w of body.data) sum += cents(w.cash_balance) + cents(w.promotional_balance);
    const next = body.pagination.next_cursor;
    cursor = next === null ? '' : `&cursor=${next}`;
  } while (cursor !== '');
  return sum;
}

/** Does something over and over until it is told to stop. Out: what stops it, and waits. */
export function beside(act: () => Promise<void>, many = 1): () => Promise<void> {
  let running = true;
  const loops = Array.from({ length: many }, async () => {
    while (running) await act();
  });
  return async () => {
    running = false;
    await Promise.all(loops);
  };
}

/** What is wrong with who became whom: every old id leads to a live customer in one step (I5). */
export async function broken(program: TestProgram, ws: BillingWorkspace): Promise<string[]> {
  const rows = await program.database.owner<{ id: string; problem: string }>(
    `select c.id, case when t.id is null then 'leads nowhere' else 'leads to one that is gone' end
       as problem
     from customers c
     left join customers t on t.workspace_id = c.workspace_id and t.id = c.merged_into
     where c.workspace_id = '${ws.id}'
       and (c.status = 'MERGED' or c.merged_into is not null) and (t.id is null or t.deleted_at is not null)
     union all
     select w.id, 'an open wallet of one that is gone' from wallets w
     join customers c on c.workspace_id = w.workspace_id and c.id = w.customer_id
     where w.workspace_id = '${ws.id}' and w.closed_at is null and c.deleted_at is not null
     union all
     select c.id, 'has not one owner' from customers c
     where c.workspace_id = '${ws.id}' and c.deleted_at is null and 1 <> (
       select count(*) from members m where m.workspace_id = c.workspace_id
         and m.customer_id = c.id and m.role = 'owner' and m.deleted_at is null)`,
  );
  return rows.map((row) => `${row.id} ${row.problem}`);
}

/** Merges every pair both ways at once. Out: how many of the two got through, by pair. */
export async function bothWays(ws: BillingWorkspace, list: Party[], atOnce: number) {
  const pairs: [Party, Party][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) pairs.push([list[i] as Party, list[i + 1] as Party]);
  const through: number[] = [];
  const refused = new Set<string>();
  await each(pairs, atOnce, async ([a, b]) => {
    const answers = await Promise.all([merge(ws, a.id, b.id), merge(ws, b.id, a.id)]);
    through.push(answers.filter((x) => x.status === 200).length);
    for (const { status, body } of answers) {
      if (status !== 200) refused.add(`${status} ${body.code}`);
    }
  });
  return { through, refused: [...refused] };
}
