-- Ids of listed customers that match a term, in the workspace of the transaction.
-- Row security hides trigram indexes from the planner (ILIKE is not leakproof), so this runs
-- as a role whose policy is open, names the workspace itself, and hands out nothing but ids;
-- the statement around it reads the rows under row security again. Short terms have no trigram.
-- No e-mail holds a line feed, so a term that does is one of a name.
create or replace function clientele.search_customers(pattern text, prefix text, short boolean)
returns setof uuid
language plpgsql stable security definer set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
declare
  ws uuid := nullif(current_setting('clientele.workspace_id', true), '')::uuid;
begin
  if short then
    return query
      select c.id from clientele.customers c
      where c.workspace_id = ws and c.deleted_at is null and c.status <> 'ARCHIVED'
        and (lower(c.email) like lower(prefix) or lower(c.name) like lower(prefix)
             or (c.external_id is not null and left(lower(c.external_id), 200) like lower(prefix)));
  else
    return query
      select c.id from clientele.customers c
      where c.workspace_id = ws and c.deleted_at is null and c.status <> 'ARCHIVED'
        and ((lower(coalesce(c.email, '') || E'\n' || coalesce(c.name, '')) like lower(pattern)
              and (strpos(pattern, E'\n') = 0 or lower(c.name) like lower(pattern)))
             or (c.external_id is not null and left(lower(c.external_id), 200) like lower(prefix))
             or (length(prefix) > 200 and lower(c.external_id) like lower(prefix)));
  end if;
end $$;
