import { type Statement, statement } from '../../db/drivers/statement.ts';
import { customerFields } from '../customers/index.ts';

const CUSTOMER = Object.keys(customerFields).join(', ');

/** Locks the two customers of a merge in the order of their ids, whatever has become of them. */
export const lockBoth = statement(
  'merge.lock_both',
  `select ${CUSTOMER} from customers where workspace_id = $1 and id = any($2::uuid[])
   order by id for update`,
);
export const insertMerge = statement(
  'merge.insert',
  `insert into merges (workspace_id, id, source_customer_id, target_customer_id, strategy, counts,
     created_at)
   values ($1, $2, $3, $4, $5, '{}', $6)`,
);
export const finishMerge = statement(
  'merge.finish',
  'update merges set counts = $3, fields = $4 where workspace_id = $1 and id = $2',
);
export const mergeById = statement(
  'merge.by_id',
  `select id, source_customer_id, target_customer_id, strategy, fields, created_at, undone_at,
     created_at < now() - interval '30 days' as late
   from merges where workspace_id = $1 and id = $2`,
);
/** What an undo had to know is not needed twice, and there is personal data in it. */
export const markUndone = statement(
  'merge.mark_undone',
  `with undone as (
     update merges set undone_at = $3, fields = null where workspace_id = $1 and id = $2
   )
   update merge_moves set detail = null where workspace_id = $1 and merge_id = $2`,
);

export const addMoves = statement(
  'merge.add_moves',
  `insert into merge_moves (workspace_id, merge_id, relation, row_id, detail)
   select $1, $2, $3, x.row_id, x.detail from jsonb_to_recordset($4) as x(row_id uuid, detail jsonb)`,
);
export const movesOf = statement(
  'merge.moves',
  `select row_id, detail from merge_moves
   where workspace_id = $1 and merge_id = $2 and relation = $3 order by row_id`,
);

/** How the rows of a table go to the survivor and back. */
export interface Repointing {
  /** Parameters: workspace, source, target, merge. Out: a row for each that was moved. */
  go: (...values: unknown[]) => Statement;
  /** The same parameters. */
  back: (...values: unknown[]) => Statement;
}

/**
 * Statements that point the rows of a table at the survivor, and back those that are still there.
 * `column` holds the customer; `unless`: rows `t` that stay with the source; `shown`: what of a
 * moved row the count wants to know; `clears`: a flag that moved rows lose and get back.
 */
export function repointing(
  table: string,
  options: { column?: string; unless?: string; shown?: string; clears?: string },
): Repointing {
  const { column = 'customer_id', unless, shown = 'true', clears } = options;
  const kept = clears === undefined ? 'null::jsonb' : `jsonb_build_object('flag', o.${clears})`;
  return {
    go: statement(
      `merge.go_${table}`,
      `with o as (
         select t.* from ${table} t where t.workspace_id = $1 and t.${column} = $2
           ${unless === undefined ? '' : `and not (${unless})`}
         for update
       ), moved as (
         update ${table} t set ${column} = $3${clears === undefined ? '' : `, ${clears} = false`}
         from o where t.workspace_id = $1 and t.id = o.id
         returning t.id, ${shown} as shown, ${kept} as detail
       ), noted as (
         insert into merge_moves (workspace_id, merge_id, relation, row_id, detail)
         select $1, $4, '${table}', id, detail from moved
       )
       select shown, count(*)::int as n from moved group by shown`,
    ),
    back: statement(
      `merge.back_${table}`,
      `with back as (
         update ${table} t
         set ${column} = $2${clears === undefined ? '' : `, ${clears} = (m.detail ->> 'flag')::boolean`}
         from merge_moves m
         where m.workspace_id = $1 and m.merge_id = $4 and m.relation = '${table}'
           and t.workspace_id = $1 and t.id = m.row_id and t.${column} = $3
         returning t.id
       )
       select (select count(*) from merge_moves m where m.workspace_id = $1 and m.merge_id = $4
                and m.relation = '${table}')::int - (select count(*) from back)::int as gone`,
    ),
  };
}

/**
 * Statements that hand on the rows of a table that are found by a key of their own (`key`) instead
 * of an id. `unless`: rows `t` that stay. `$4` of `back`: the keys that were handed on.
 */
export function handingOn(
  table: string,
  key: string,
  unless = 'false',
): { go: (...values: unknown[]) => Statement; back: (...values: unknown[]) => Statement } {
  return {
    go: statement(
      `merge.hand_on_${table}`,
      `update ${table} t set customer_id = $3
       where t.workspace_id = $1 and t.customer_id = $2 and not (${unless})
       returning t.${key} as key`,
    ),
    back: statement(
      `merge.hand_back_${table}`,
      `update ${table} t set customer_id = $2
       where t.workspace_id = $1 and t.customer_id = $3 and t.${key} = any($4::text[])`,
    ),
  };
}

export const endSessions = statement(
  'merge.end_sessions',
  `update portal_sessions set ended_at = now()
   where workspace_id = $1 and customer_id = $2 and ended_at is null`,
);
export const dropTokens = statement(
  'merge.drop_tokens',
  'delete from one_time_tokens where workspace_id = $1 and customer_id = $2',
);

export const teamsOf = statement(
  'merge.teams',
  `select workspace_id, id, customer_id, created_at, modified_at, deleted_at, email, name,
     external_id, role
   from members where workspace_id = $1 and customer_id = any($2::uuid[])
   order by created_at, id`,
);
export const placeMember = statement(
  'merge.place_member',
  `update members set customer_id = $3, role = $4, external_id = $5, deleted_at = $6,
     modified_at = $7
   where workspace_id = $1 and id = $2`,
);
export const insertOwner = statement(
  'merge.insert_owner',
  `insert into members (workspace_id, id, customer_id, created_at, email, name, role)
   values ($1, $2, $3, $4, $5, $6, 'owner')`,
);
