import { expect } from 'vitest';
import type { TestProgram } from '../../kit/program.ts';
import type { BillingWorkspace } from './billing-kit.ts';

/** Merges a customer into another. Out: the answer. */
export const merge = (ws: BillingWorkspace, source: string, target: string, strategy?: string) =>
  ws.bill('POST', '/customers/merge', {
    source_customer_id: source,
    target_customer_id: target,
    ...(strategy === undefined ? {} : { strategy }),
  });

/** Merges, and gives the result. */
export async function merged(
  ws: BillingWorkspace,
  source: string,
  target: string,
  strategy?: string,
) {
  const answer = await merge(ws, source, target, strategy);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body.data;
}

export const preview = (ws: BillingWorkspace, source: string, target: string, strategy?: string) =>
  ws.bill('POST', '/customers/merge/preview', {
    ...{ source_customer_id: source, target_customer_id: target, strategy },
  });

export const undo = (ws: BillingWorkspace, id: string) =>
  ws.bill('POST', `/customers/merges/${id}/undo`);

/** Puts money into a wallet. */
export async function credit(ws: BillingWorkspace, wallet: string, amount: string, more = {}) {
  const answer = await ws.bill('POST', `/wallets/${wallet}/credit`, { amount, ...more });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
}

/** The wallets of a customer, by currency: cash, promotional and held money. */
export async function balances(ws: BillingWorkspace, customer: string) {
  const { body } = await ws.bill('GET', `/wallets?customer_id=${customer}&limit=100`);
  type Wallet = Record<string, { value: string }> & { currency: string };
  return Object.fromEntries(
    (body.data as Wallet[])
      .map((w) => [
        w.currency,
        ['cash_balance', 'promotional_balance', 'held_balance']
          .map((name) => w[name]?.value)
          .join(' '),
      ])
      .sort(),
  );
}

/** Everything a customer has, but for what moves with every change. */
export async function state(ws: BillingWorkspace, id: string) {
  const { data } = (await ws.bill('GET', `/customers/${id}`)).body;
  const records = (await ws.bill('GET', `/customers/${id}/records?limit=100`)).body.data;
  const { body: wallets } = await ws.bill('GET', `/wallets?customer_id=${id}&limit=100`);
  const { body: team } = await ws.api('GET', `/api/members/?customer_id=${id}&limit=100`);
  const usage = (await ws.api('GET', `/api/customers/${id}/state`)).body.active_meters ?? [];
  const still = ({ updated_at: _, modified_at: __, ...rest }: Record<string, unknown>) => rest;
  const sorted = (rows: Record<string, unknown>[]) =>
    rows.map(still).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  return {
    customer: still(data),
    records: sorted(records),
    wallets: sorted(wallets.data),
    members: sorted(team.data),
    usage: usage.map((m: Record<string, unknown>) => [m.meter_id, m.consumed_units, m.balance]),
  };
}

/** The ledger of every wallet adds up. */
export async function sound(program: TestProgram): Promise<void> {
  const { body } = await program.root('GET', '/admin/v1/doctor/ledger');
  expect(body).toEqual({ ok: true, problems: [] });
}
