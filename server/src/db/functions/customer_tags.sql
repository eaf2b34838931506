-- Keeps customer_tags: a deleted customer has no tags to be found by.
create or replace function clientele.customers_tagged() returns trigger
language plpgsql as $$
begin
  insert into clientele.customer_tags (workspace_id, tag, created_at, customer_id)
  select distinct c.workspace_id, t.tag, c.created_at, c.id
  from inserted c cross join lateral unnest(c.tags) as t(tag)
  where c.deleted_at is null;
  return null;
end $$;

create or replace function clientele.customers_retagged() returns trigger
language plpgsql as $$
begin
  delete from clientele.customer_tags t
  where t.workspace_id = new.workspace_id and t.customer_id = new.id
    and (new.deleted_at is not null or t.tag <> all (new.tags));
  insert into clientele.customer_tags (workspace_id, tag, created_at, customer_id)
  select distinct new.workspace_id, t.tag, new.created_at, new.id
  from unnest(new.tags) as t(tag)
  where new.deleted_at is null
  on conflict on constraint customer_tags_pkey do nothing;
  return null;
end $$;

create or replace trigger customers_tagged after insert on clientele.customers
  referencing new table as inserted for each statement
  execute function clientele.customers_tagged();

create or replace trigger customers_retagged after update on clientele.customers
  for each row
  when (old.tags is distinct from new.tags
        or (old.deleted_at is null) is distinct from (new.deleted_at is null))
  execute function clientele.customers_retagged();
