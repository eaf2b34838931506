import { compose, type Statement, statement } from '../../db/drivers/statement.ts';
import { customerFields } from '../customers/index.ts';

const columns = Object.keys(customerFields)
  .map((c) => `c.${c}`)
  .join(', ');

/** The currency a customer's amounts are in: its own, else that of the workspace. */
const CURRENCY = `coalesce(c.preferred_currency, (select s.value from workspace_settings s
  where s.workspace_id = c.workspace_id and s.key = 'default_currency'), 'EUR')`;

/** Any customer, the deleted and merged ones, too (billing.md C4). */
export const billingCustomerById = statement(
  'billing.by_id',
  `select ${columns}, ${CURRENCY} as currency from customers c
   where c.workspace_id = $1 and c.id = $2`,
);
export const defaultCurrency = statement(
  'billing.currency',
  `select coalesce((select value from workspace_settings
     where workspace_id = $1 and key = 'default_currency'), 'EUR') as currency`,
);

/** A page by keyset, newest first. `after`: the last row of the page before. */
export function billingPage(
  workspaceId: string,
  filter: { statuses: string[]; tags: string[] },
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Statement {
  const values: unknown[] = [workspaceId];
  const add = (value: unknown) => `$${values.push(value)}`;
  const [first, ...others] = filter.tags;
  const status =
    filter.statuses.length > 0
      ? `c.status = any(${add(filter.statuses)}::text[])`
      : "c.status <> 'ARCHIVED'";
  // One tag leads through its own index in the order of the list; the others are looked up.
  const source =
    first === undefined
      ? 'customers c where c.workspace_id = $1'
      : `customer_tags o join customers c on c.workspace_id = $1 and c.id = o.customer_id
         where o.workspace_id = $1 and o.tag = ${add(first)}`;
  const order = first === undefined ? 'c.created_at, c.id' : 'o.created_at, o.customer_id';
  const carried = others.map(
    (tag) => `exists (select 1 from customer_tags x
       where x.workspace_id = $1 and x.customer_id = c.id and x.tag = ${add(tag)})`,
  );
  const keyset =
    after === undefined
      ? []
      : [`(${order}) < (${add(after[0])}::timestamptz, ${add(after[1])}::uuid)`];
  const where = ['c.deleted_at is null', status, ...carried, ...keyset].join(' and ');
  return compose(
    `select ${columns}, ${CURRENCY} as currency from ${source} and ${where}
     order by ${order
       .split(', ')
       .map((o) => `${o} desc`)
       .join(', ')} limit ${add(limit)}`,
    values,
  );
}
