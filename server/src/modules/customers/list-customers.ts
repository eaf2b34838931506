import { compose } from '../../db/drivers/statement.ts';
import type { Caller } from '../../kernel/caller.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import type { CustomerWithMembers } from './customer.ts';
import { foldMembers, withMembers } from './customers.store.ts';

/** What a list of customers may be narrowed by; all conditions hold together (§4.3). */
export interface CustomerFilter {
  /** Equal ignoring case. */
  email?: string;
  /** Contained in email or name, or at the start of the external id; literal, ignoring case. */
  query?: string;
  /** Key → values of which one must equal the stored value's text. */
  metadata?: Map<string, string[]>;
}

export type CustomerSort = 'created_at' | 'email' | 'name';
export interface CustomerOrder {
  by: CustomerSort;
  descending: boolean;
}

/** Skips of fewer rows than this are not worth asking for the total first. */
const SHORT_SKIP = 200;
const LISTED = "c.workspace_id = $1 and c.deleted_at is null and c.status <> 'ARCHIVED'";
const TRIGRAM = 3;

class Values {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

function conditions(filter: CustomerFilter, values: Values): string[] {
  const all: string[] = [];
  if (filter.email !== undefined) all.push(`c.email_key = lower(${values.add(filter.email)})`);
  if (filter.query !== undefined && filter.query !== '') {
    const literal = filter.query.replace(/[\\%_]/g, '\\$&');
    const pattern = values.add(`%${literal}%`);
    const prefix = values.add(`${literal}%`);
    const short = [...filter.query].length < TRIGRAM;
    all.push(
      `c.id = any(array(select clientele.search_customers(${pattern}, ${prefix}, ${short})))`,
    );
  }
  for (const [key, wanted] of filter.metadata ?? []) {
    all.push(`c.metadata ->> ${values.add(key)}::text = any(${values.add(wanted)}::text[])`);
  }
  return all;
}

function orderBy(order: CustomerOrder[], backwards: boolean): string {
  const terms = order.map((o) => [o.by, o.descending !== backwards] as const);
  // The last tie-breaker runs with the first criterion, so that one index serves both ways.
  const all = [...terms, ['id', terms[0]?.[1] ?? backwards] as const];
  return all.map(([column, down]) => `c.${column} ${down ? 'desc' : 'asc'}`).join(', ');
}

/** One statement: the exact total and one page. The skip reads the index alone, never the rows. */
function pageStatement(
  workspaceId: string,
  filter: CustomerFilter,
  order: CustomerOrder[],
  slice: { offset: number; limit: number; backwards: boolean },
) {
  const values = new Values();
  values.add(workspaceId);
  const where = [LISTED, ...conditions(filter, values)].join(' and ');
  const filtered = values.list.length > 1;
  const page = `select c.id from ${filtered ? 'hits' : 'customers'} c
    ${filtered ? '' : `where ${where}`}
    order by ${orderBy(order, slice.backwards)}
    limit ${values.add(slice.limit)} offset ${values.add(slice.offset)}`;
  const hits = `hits as materialized (
    select c.id, c.created_at, c.email, c.name from customers c where ${where})`;
  const total = filtered
    ? 'select count(*)::int8 as n from hits'
    : 'select coalesce(sum(listed), 0)::int8 as n from customer_counts where workspace_id = $1';
  return compose(
    `with ${filtered ? `${hits}, ` : ''}total as (${total}),
     page as (select id, row_number() over () as place from (${page}) as ordered)
     select total.n as total, page.place, ${withMembers.select}
     from total left join page on true
     left join customers c on c.workspace_id = $1 and c.id = page.id
     ${withMembers.join}
     order by page.place ${slice.backwards ? 'desc' : 'asc'}, ${withMembers.order}`,
    values.list,
  );
}

/**
 * A numbered page of the workspace's listed customers with its exact total (§4).
 * A deep page of an unfiltered list is reached from whichever end is nearer.
 */
export async function listCustomers(
  app: App,
  caller: Caller,
  request: PageRequest & { filter: CustomerFilter; order: CustomerOrder[] },
): Promise<Page<CustomerWithMembers>> {
  const { filter } = request;
  const order: CustomerOrder[] =
    request.order.length > 0 ? request.order : [{ by: 'created_at', descending: true }];
  const limit = Math.min(request.limit, MAX_PAGE_SIZE);
  const offset = Math.min((request.page - 1) * limit, 2 ** 40);
  const narrowed = filter.email !== undefined || !!filter.query || (filter.metadata?.size ?? 0) > 0;
  const lane = narrowed || offset > SHORT_SKIP ? 'slow' : 'fast';
  let slice = { offset, limit, backwards: false };
  if (!narrowed && offset > SHORT_SKIP) {
    const total = await countListed(app, caller);
    const rest = total - offset;
    if (rest <= 0) return { rows: [], total };
    if (rest < offset) {
      const size = Math.min(limit, rest);
      slice = { offset: rest - size, limit: size, backwards: true };
    }
  }
  return app.work(
    caller,
    (w) =>
      w
        .defer<{ total: number; id: string | null }>(
          pageStatement(caller.workspaceId, filter, order, slice),
        )
        .map(({ rows }) => ({
          total: rows[0]?.total ?? 0,
          rows: foldMembers(rows.filter((r) => r.id !== null)),
        })),
    { lane },
  );
}

async function countListed(app: App, caller: Caller): Promise<number> {
  const { rows } = await app.work(caller, (w) =>
    w.defer<{ n: number }>(
      compose(
        'select coalesce(sum(listed), 0)::int8 as n from customer_counts where workspace_id = $1',
        [caller.workspaceId],
      ),
    ),
  );
  return rows[0]?.n ?? 0;
}
