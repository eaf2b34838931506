create or replace trigger accounts_added after insert on clientele.linked_accounts
  for each row execute function clientele.customer_touched();
create or replace trigger accounts_changed after update of account_username
  on clientele.linked_accounts for each row
  when (old.account_username is distinct from new.account_username)
  execute function clientele.customer_touched();
