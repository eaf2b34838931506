import { statement } from '../../db/drivers/statement.ts';
import { customerFields } from '../customers/index.ts';

const COLUMNS = Object.keys(customerFields)
  .map((c) => `c.${c}`)
  .join(', ');

// Each lookup is a lateral of its own: the planner, whose statistics lag behind an import that
// fills a workspace, would otherwise compare every row of it with every name.
const holder = (list: string, type: string, condition: string) =>
  `select n.id from unnest(${list}::${type}[]) x cross join lateral (
     select n.id from customers n
     where n.workspace_id = $1 and ${condition} and n.deleted_at is null limit 1
   ) n`;

/**
 * The live customers that hold one of some ids, external ids or e-mail addresses, locked in one
 * order so that two imports cannot wait for each other.
 */
export const namedCustomers = statement(
  'imports.named',
  `with named as materialized (
     ${holder('$2', 'uuid', 'n.id = x')}
     union
     ${holder('$3', 'text', 'n.external_key = md5(x)')}
     union
     ${holder('$4', 'text', 'n.email_key = lower(x)')}
   )
   select c.* from (select id from named order by id) named cross join lateral (
     select ${COLUMNS}, c.email_key from customers c
     where c.workspace_id = $1 and c.id = named.id and c.deleted_at is null
     limit 1 for update of c
   ) c`,
);

/** How the database compares addresses, which depends on its locale. */
export const emailKeys = statement(
  'imports.email_keys',
  'select x as email, lower(x) as key from unnest($1::text[]) x',
);
