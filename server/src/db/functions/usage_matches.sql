-- Whether a usage event's properties satisfy every clause of a meter's filter.
create or replace function clientele.usage_matches(properties jsonb, clauses jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select not exists (
    select 1
    from jsonb_array_elements(clauses) as clause,
         lateral (select properties -> (clause ->> 'property') as have,
                         clause -> 'value' as want,
                         clause ->> 'operator' as op) as t
    where coalesce(not case
      when op = 'eq' then have = want
      when op = 'ne' then have is distinct from want
      when op = 'like' then jsonb_typeof(have) = 'string'
        and position(lower(want #>> '{}') in lower(have #>> '{}')) > 0
      when op = 'not_like' then jsonb_typeof(have) is distinct from 'string'
        or position(lower(want #>> '{}') in lower(have #>> '{}')) = 0
      when jsonb_typeof(have) is distinct from jsonb_typeof(want) then false
      when op = 'gt' then have > want
      when op = 'gte' then have >= want
      when op = 'lt' then have < want
      when op = 'lte' then have <= want
      else false
    end, true)
  )
$$;
