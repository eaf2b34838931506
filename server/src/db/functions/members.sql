-- A customer's representation includes its members, so its revision moves with theirs.
create or replace function clientele.members_changed() returns trigger
language plpgsql as $$
begin
  update clientele.customers c set revision = revision + 1
  where c.workspace_id = new.workspace_id and c.id = new.customer_id;
  return null;
end $$;

create or replace trigger members_changed after update on clientele.members
  for each row execute function clientele.members_changed();

-- The owner is inserted together with its customer, whose revision it is part of from the start.
create or replace trigger members_added after insert on clientele.members
  for each row when (new.role <> 'owner') execute function clientele.members_changed();
