-- A customer's profile includes its linked accounts, so its revision moves with them.
create or replace function clientele.accounts_changed() returns trigger
language plpgsql as $$
begin
  update clientele.customers c set revision = revision + 1
  where c.workspace_id = new.workspace_id and c.id = new.customer_id;
  return null;
end $$;

create or replace trigger accounts_added after insert on clientele.linked_accounts
  for each row execute function clientele.accounts_changed();
create or replace trigger accounts_changed after update of account_username
  on clientele.linked_accounts for each row
  when (old.account_username is distinct from new.account_username)
  execute function clientele.accounts_changed();
