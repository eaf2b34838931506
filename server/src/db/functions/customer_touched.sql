-- A customer's representations include its members and linked accounts, so its revision moves
-- with theirs.
create or replace function clientele.customer_touched() returns trigger
language plpgsql as $$
begin
  update clientele.customers c set revision = revision + 1
  where c.workspace_id = new.workspace_id and c.id = new.customer_id;
  return null;
end $$;
