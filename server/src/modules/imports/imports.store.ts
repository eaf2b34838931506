import { statement } from '../../db/drivers/statement.ts';
import { customerFields } from '../customers/index.ts';

const COLUMNS = Object.keys(customerFields)
  .map((c) => `c.${c}`)
  .join(', ');

// A workspace fills faster than the planner's statistics follow, and to a planner that takes it
// for empty every index looks alike. A range of one value, in its order, leaves one that fits.
const probe = (alias: string, key: string, value: string) =>
  `${alias}.workspace_id = $1 and ${alias}.${key} between ${value} and ${value}
     and ${alias}.deleted_at is null order by ${alias}.${key} limit 1`;

// Row security keeps what a row is compared with out of the index while lower() is still in it.
const holders = (list: string, key: string, value: string) =>
  `select n.id from (select ${value} as wanted from unnest(${list}) x offset 0) x
   cross join lateral (
     select n.id from customers n where ${probe('n', key, 'x.wanted')}
   ) n`;

/**
 * The live customers that hold one of some ids, external ids or e-mail addresses, locked in one
 * order so that two imports cannot wait for each other.
 */
export const namedCustomers = statement(
  'imports.named',
  `with named as materialized (
     ${holders('$2::uuid[]', 'id', 'x')}
     union
     ${holders('$3::text[]', 'external_key', 'md5(x)')}
     union
     ${holders('$4::text[]', 'email_key', 'lower(x)')}
   )
   select c.* from (select id from named order by id) named cross join lateral (
     select ${COLUMNS}, c.email_key from customers c
     where ${probe('c', 'id', 'named.id')} for update of c
   ) c`,
);

/** How the database compares addresses, which depends on its locale. */
export const emailKeys = statement(
  'imports.email_keys',
  'select x as email, lower(x) as key from unnest($1::text[]) x',
);
