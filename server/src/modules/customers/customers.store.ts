import type { Result } from '../../db/drivers/batch.ts';
import { type Statement, statement } from '../../db/drivers/statement.ts';
import { movedTo, notFound } from '../../kernel/errors.ts';
import type { Member } from '../members/index.ts';
import { customerFields } from './customer.fields.ts';
import type { Customer, CustomerWithMembers } from './customer.ts';

const COLUMNS = Object.keys(customerFields) as (keyof Customer)[];
const MEMBER_COLUMNS = [
  'id',
  'created_at',
  'modified_at',
  'email',
  'name',
  'external_id',
  'role',
] as const;

const columns = (alias: string) => COLUMNS.map((c) => `${alias}.${c}`).join(', ');

/** Columns of a customer `c` joined with its live members `m`. */
export const withMembers = {
  select: `${columns('c')}, ${MEMBER_COLUMNS.map((c) => `m.${c} as m_${c}`).join(', ')}`,
  join: `left join members m on m.workspace_id = c.workspace_id and m.customer_id = c.id
         and m.deleted_at is null`,
  order: 'm.created_at, m.id',
};

type JoinedRow = Customer & Record<`m_${(typeof MEMBER_COLUMNS)[number]}`, never>;

function memberOf(row: JoinedRow): Member {
  return {
    workspace_id: row.workspace_id,
    customer_id: row.id,
    deleted_at: null,
    id: row.m_id,
    created_at: row.m_created_at,
    modified_at: row.m_modified_at,
    email: row.m_email,
    name: row.m_name,
    external_id: row.m_external_id,
    role: row.m_role,
  };
}

/** Folds joined rows into customers, in the order in which they come. */
export function foldMembers(rows: unknown[]): CustomerWithMembers[] {
  const found: CustomerWithMembers[] = [];
  for (const row of rows as JoinedRow[]) {
    let customer = found.at(-1);
    if (customer === undefined || customer.id !== row.id) {
      customer = row as unknown as CustomerWithMembers;
      customer.members = [];
      found.push(customer);
    }
    if (row.m_id !== null) customer.members.push(memberOf(row));
  }
  return found;
}

const ID = 'c.id = $2';
const EXTERNAL = 'c.external_key = md5($2) and c.external_id = $2';
const one = (what: string, where: string, tail = '') =>
  `select ${what} from customers c
   where c.workspace_id = $1 and ${where} and c.deleted_at is null ${tail}`;

const team = (customer: string) =>
  `select m.workspace_id, m.customer_id, m.deleted_at, ${MEMBER_COLUMNS.map((c) => `m.${c}`).join(', ')}
   from members m
   where m.workspace_id = $1 and m.customer_id = ${customer} and m.deleted_at is null
   order by m.created_at, m.id`;

// A merged one is read to say whom it became (README decision 31).
const byId = statement(
  'customers.by_id',
  `select ${columns('c')} from customers c
   where c.workspace_id = $1 and ${ID} and (c.deleted_at is null or c.merged_into is not null)`,
);
const byExternalId = statement('customers.by_external_id', one(columns('c'), EXTERNAL));
const teamById = statement('customers.team', team('$2'));
const teamByExternalId = statement(
  'customers.team_by_external_id',
  team(`(${one('c.id', EXTERNAL)})`),
);
// A lock that had to wait gets the row anew, but nothing else: the team is read once it is held.
const lockById = statement('customers.lock', one('c.id', ID, 'for update'));
const lockByExternalId = statement(
  'customers.lock_by_external_id',
  one('c.id', EXTERNAL, 'for update'),
);

/** How a caller names one customer. */
export type CustomerKey = { id: string } | { externalId: string };

/** The statements that read one live customer, and its team. */
export const readOne = (workspaceId: string, key: CustomerKey): [Statement, Statement] =>
  'id' in key
    ? [byId(workspaceId, key.id), teamById(workspaceId, key.id)]
    : [byExternalId(workspaceId, key.externalId), teamByExternalId(workspaceId, key.externalId)];

/** The statement that locks one live customer. */
export const lockOne = (workspaceId: string, key: CustomerKey): Statement =>
  'id' in key ? lockById(workspaceId, key.id) : lockByExternalId(workspaceId, key.externalId);

/** The customer that `readOne` found. Errors: 404, which tells whom a merged one became. */
export function foundCustomer(found: Result, members: Result): CustomerWithMembers {
  const customer = found.rows[0] as unknown as CustomerWithMembers | undefined;
  if (customer === undefined) throw notFound();
  if (customer.merged_into !== null) throw movedTo(customer.merged_into);
  customer.members = members.rows as unknown as Member[];
  return customer;
}

const insert = statement(
  'customers.insert',
  `with added as (
     insert into customers (${COLUMNS.join(', ')})
     select ${columns('r')} from jsonb_populate_recordset(null::customers, $1) r
   )
   insert into members (workspace_id, id, customer_id, created_at, email, name, external_id, role)
   select r.workspace_id, r.id, r.customer_id, r.created_at, r.email, r.name, r.external_id, r.role
   from jsonb_populate_recordset(null::members, $2) r`,
);

const update = statement(
  'customers.update',
  `update customers c set ${COLUMNS.filter((c) => c !== 'workspace_id' && c !== 'id')
    .map((c) => `${c} = r.${c}`)
    .join(', ')}
   from jsonb_populate_recordset(null::customers, $1) r
   where c.workspace_id = $2 and r.workspace_id = c.workspace_id and c.id = r.id`,
);

/** Inserts whole customers and their owners. */
export const insertAll = (customers: Customer[], owners: Member[]) =>
  insert(JSON.stringify(customers), JSON.stringify(owners));

/** Writes whole customers back; the caller holds their locks. */
export const updateAll = (customers: Customer[], workspaceId: string) =>
  update(JSON.stringify(customers), workspaceId);

/** Which of an email and an external id live customers other than one already hold. */
export const takenIdentities = statement(
  'customers.taken',
  `select exists (select 1 from customers c where c.workspace_id = $1 and c.deleted_at is null
             and c.email_key = lower($2) and c.id is distinct from $4::uuid) as email,
          exists (select 1 from customers c where c.workspace_id = $1 and c.deleted_at is null
             and c.external_key = md5($3) and c.external_id = $3
             and c.id is distinct from $4::uuid) as external_id`,
);
