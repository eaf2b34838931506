import { statement } from '../../db/drivers/statement.ts';

export const insertValidation = statement(
  'vat.insert_validation',
  `with evidence as (
     insert into vat_validations (workspace_id, id, customer_id, provider, check_type, country,
       number, requester, verdict, failure, consultation_number, payload, personal_digest,
       actor_kind, actor_id, checked_at, expires_at)
     values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
   )
   insert into vat_validation_personal (workspace_id, validation_id, customer_id, name, address,
     reason)
   select $1::uuid, $2::uuid, $3::uuid, $18::text, $19::text, $20::text
   where coalesce($18::text, $19::text, $20::text) is not null`,
);

const VALIDATION = `v.workspace_id, v.id, v.seq, v.customer_id, v.provider, v.check_type, v.country,
  v.number, v.requester, v.verdict, v.failure, v.consultation_number, v.payload, v.actor_id,
  v.checked_at, v.expires_at, p.name, p.address, p.reason`;

/** A customer and whoever was merged into it: their evidence is its evidence. */
const family = (workspace: string, customer: string) =>
  `any(array(select f.id from customers f where f.workspace_id = ${workspace}
     and (f.id = ${customer} or f.merged_into = ${customer})))`;

/** In: the time that counts, or null for now; the last row of the page before; rows at most. */
export const validationsPage = statement(
  'vat.page',
  `select ${VALIDATION} from vat_validations v
   left join vat_validation_personal p on p.workspace_id = v.workspace_id and p.validation_id = v.id
   where v.workspace_id = $1 and v.customer_id = ${family('$1', '$2::uuid')}
     and ($3::timestamptz is null or v.checked_at <= $3)
     and ($4::bigint is null or v.seq < $4)
   order by v.seq desc limit $5`,
);

/** Checks of a customer that no process is at yet: a new plan takes their place. */
export const dropPlanned = statement(
  'vat.drop_planned',
  `delete from jobs where workspace_id = $1 and customer_id = $2 and kind = $3
     and (leased_until is null or leased_until < now())`,
);

/** Customers that wait for a check which nobody has planned. */
export const unplanned = statement(
  'vat.unplanned',
  `select c.workspace_id, c.id, c.revision from customers c
   where c.vat_validation_status = 'PENDING' and c.deleted_at is null
     and not exists (select 1 from jobs j where j.workspace_id = c.workspace_id
       and j.customer_id = c.id and j.kind = $1 and j.failed_at is null)
   limit $2`,
);

/**
 * Customers whose last word is too old: overrides past their end, and valid numbers past the
 * interval. In: the interval by default (ms), other intervals by workspace (JSON), workspaces that
 * check nothing, rows at most.
 */
export const outdated = statement(
  'vat.outdated',
  `select c.workspace_id, c.id, c.revision from customers c
   left join jsonb_to_recordset($2::jsonb) as own(workspace_id uuid, ms float8)
     on own.workspace_id = c.workspace_id
   cross join lateral (
     select v.checked_at, v.expires_at from vat_validations v
     where v.workspace_id = c.workspace_id
       and v.customer_id = ${family('c.workspace_id', 'c.id')}
       and case c.vat_validation_status when 'MANUAL' then v.check_type = 'override'
           else v.verdict = 'valid' end
     order by v.seq desc limit 1) last
   where c.deleted_at is null and (
     (c.vat_validation_status = 'MANUAL' and last.expires_at <= now())
     or (c.vat_validation_status = 'VALID' and not c.vat_validation_disabled
       and c.workspace_id <> all($3::uuid[])
       and last.checked_at + coalesce(own.ms, $1::float8) * interval '1 millisecond' <= now()))
   limit $4`,
);
