import { statement } from '../../db/drivers/statement.ts';

const COLUMNS = `r.workspace_id, r.id, r.customer_id, r.kind, r.external_id, r.amount::text,
  r.currency, r.occurred_at, r.metadata, r.created_at, r.modified_at`;

/** Records by kind and external id, locked in one order. */
export const lockRecords = statement(
  'records.lock',
  `select ${COLUMNS} from customer_records r
   where r.workspace_id = $1 and (r.kind, r.external_key) in (
     select x.kind, md5(x.external_id)
     from jsonb_to_recordset($2) as x(kind text, external_id text))
   order by r.id for update`,
);
/** Writes whole records: new ones, and ones whose locks the caller holds. */
export const writeRecords = statement(
  'records.write',
  `insert into customer_records as k (workspace_id, id, customer_id, kind, external_id, amount,
     currency, occurred_at, metadata, created_at, modified_at)
   select workspace_id, id, customer_id, kind, external_id, amount, currency, occurred_at, metadata,
     created_at, modified_at
   from jsonb_populate_recordset(null::customer_records, $1)
   on conflict (workspace_id, id) do update
     set amount = excluded.amount, currency = excluded.currency,
         occurred_at = excluded.occurred_at, metadata = excluded.metadata,
         modified_at = excluded.modified_at`,
);
/** A page of a customer's records, the latest first. */
export const recordsPage = statement(
  'records.page',
  `select ${COLUMNS} from customer_records r
   where r.workspace_id = $1 and r.customer_id = $2 and ($3::text[] = '{}' or r.kind = any($3))
     and ($4::timestamptz is null or (r.occurred_at, r.id) < ($4, $5::uuid))
   order by r.occurred_at desc, r.id desc limit $6`,
);
/** Live customers among ids and external ids; locked so that no merge or deletion slips between. */
export const recordCustomers = statement(
  'records.customers',
  `select id, external_id, preferred_currency from customers
   where workspace_id = $1 and deleted_at is null
     and (id = any($2::uuid[]) or external_key = any(
       array(select md5(x) from unnest($3::text[]) as x)))
   order by id for key share`,
);
