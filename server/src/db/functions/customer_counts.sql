-- Counts move in the transaction that changes what is listed, whatever verb does it.
-- A slot belongs to a backend for as long as it lives, so concurrent writers do not wait here.
create or replace function clientele.count_listed(ws uuid, change bigint) returns void
language sql as $$
  insert into clientele.customer_counts as c (workspace_id, slot, listed)
  values (ws, (pg_catalog.pg_backend_pid() % 16)::smallint, change)
  on conflict (workspace_id, slot) do update set listed = c.listed + excluded.listed
$$;

create or replace function clientele.customers_inserted() returns trigger
language plpgsql as $$
begin
  perform clientele.count_listed(g.workspace_id, g.n)
  from (
    select workspace_id, count(*) as n from inserted
    where deleted_at is null and status <> 'ARCHIVED' group by workspace_id
  ) g;
  return null;
end $$;

create or replace function clientele.customers_relisted() returns trigger
language plpgsql as $$
begin
  perform clientele.count_listed(
    new.workspace_id,
    case when new.deleted_at is null and new.status <> 'ARCHIVED' then 1 else -1 end);
  return null;
end $$;

create or replace trigger customers_inserted after insert on clientele.customers
  referencing new table as inserted for each statement
  execute function clientele.customers_inserted();

create or replace trigger customers_relisted after update of status, deleted_at on clientele.customers
  for each row
  when ((old.deleted_at is null and old.status <> 'ARCHIVED')
        is distinct from (new.deleted_at is null and new.status <> 'ARCHIVED'))
  execute function clientele.customers_relisted();
