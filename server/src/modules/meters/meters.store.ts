import { statement } from '../../db/drivers/statement.ts';

export const insertMeter = statement(
  'meters.insert',
  `insert into meters (workspace_id, id, name, filter, aggregation, created_at)
   values ($1, $2, $3, $4::jsonb, $5::jsonb, $6)`,
);
export const metersPage = statement(
  'meters.page',
  `with hits as (select * from meters where workspace_id = $1),
   page as (select * from hits order by created_at desc, id desc limit $2 offset $3)
   select t.total, p.* from (select count(*)::int8 as total from hits) t left join page p on true
   order by p.created_at desc, p.id desc`,
);
export const meterById = statement(
  'meters.by_id',
  'select id from meters where workspace_id = $1 and id = $2',
);
export const insertCredit = statement(
  'meters.credit',
  `insert into meter_credits (workspace_id, id, customer_id, meter_id, units, created_at)
   values ($1, $2, $3, $4, $5, $6)`,
);

const MAX = `${Number.MAX_VALUE}::numeric`;
/** Units as a double: a sum beyond its range is shown as its end, so that no event can break a read. */
const units = (sum: string) => `greatest(least(${sum}, ${MAX}), -${MAX})::float8`;

/**
 * A customer's standing on every meter it has usage or credit for. The id of a standing is made
 * from customer and meter, so it needs no row of its own and never changes.
 */
export const customerMeters = statement(
  'meters.of_customer',
  `select overlay(overlay(md5(m.id::text || $2::text) placing '4' from 13) placing 'a' from 17)::uuid
            as id,
          m.id as meter_id,
          least(u.first_at, c.first_at) as created_at,
          nullif(greatest(u.last_at, c.last_at), least(u.first_at, c.first_at)) as modified_at,
          ${units('coalesce(u.units, 0)')} as consumed_units,
          least(coalesce(c.units, 0), ${Number.MAX_SAFE_INTEGER})::int8 as credited_units,
          ${units('coalesce(c.units, 0) - coalesce(u.units, 0)')} as balance
   from meters m
   left join lateral (
     select min(e.created_at) as first_at, max(e.created_at) as last_at,
       case m.aggregation ->> 'type'
         when 'count' then count(*)
         when 'sum' then coalesce(sum(e.number), 0)
         when 'max' then coalesce(max(e.number), 0)
         when 'last' then coalesce((array_agg(e.number order by e.timestamp desc, e.id desc)
           filter (where e.number is not null))[1], 0)
         when 'unique' then count(distinct e.value)
       end as units
     from (
       select e.id, e.timestamp, e.created_at,
         e.metadata -> (m.aggregation ->> 'property') as value,
         case when jsonb_typeof(e.metadata -> (m.aggregation ->> 'property')) = 'number'
           then (e.metadata ->> (m.aggregation ->> 'property'))::numeric end as number
       from usage_events e
       where e.workspace_id = $1 and e.customer_id = $2
         and clientele.usage_matches(e.metadata || jsonb_build_object('name', e.name), m.filter)
     ) e
     having count(*) > 0
   ) u on true
   left join lateral (
     select min(k.created_at) as first_at, max(k.created_at) as last_at, sum(k.units) as units
     from meter_credits k
     where k.workspace_id = $1 and k.customer_id = $2 and k.meter_id = m.id
     having count(*) > 0
   ) c on true
   where m.workspace_id = $1 and m.archived_at is null
     and (u.first_at is not null or c.first_at is not null)
     and ($3::uuid is null or m.id = $3)
   order by 3, m.id`,
);

export const insertUsage = statement(
  'meters.ingest',
  `insert into usage_events (workspace_id, id, customer_id, name, external_id, timestamp, metadata,
     created_at)
   select r.workspace_id, r.id, r.customer_id, r.name, r.external_id, r.timestamp, r.metadata,
     r.created_at
   from jsonb_populate_recordset(null::usage_events, $1) r
   on conflict (workspace_id, md5(external_id)) do nothing`,
);
/** Live customers among ids and external ids; locked so that a deletion cannot slip between. */
export const resolveCustomers = statement(
  'meters.resolve_customers',
  `select id, external_id from customers
   where workspace_id = $1 and deleted_at is null
     and (id = any($2::uuid[]) or external_key = any(
       array(select md5(x) from unnest($3::text[]) as x)))
   order by id for key share`,
);
