create or replace trigger members_changed after update on clientele.members
  for each row execute function clientele.customer_touched();

-- The owner is inserted together with its customer, whose revision it is part of from the start.
create or replace trigger members_added after insert on clientele.members
  for each row when (new.role <> 'owner') execute function clientele.customer_touched();

-- A session holds what its member may do, so it ends when that changes, whatever verb does it. Who
-- hands the ownership over works on, with the new role (README decision 22).
create or replace function clientele.members_demoted() returns trigger
language plpgsql as $$
begin
  update clientele.portal_sessions s set ended_at = now()
  where s.workspace_id = new.workspace_id and s.customer_id = new.customer_id
    and s.member_id = new.id and s.ended_at is null
    and s.member_id is distinct from
      nullif(current_setting('clientele.member_id', true), '')::uuid;
  return null;
end $$;

create or replace trigger members_demoted after update of role, deleted_at on clientele.members
  for each row
  when (old.role is distinct from new.role or old.deleted_at is distinct from new.deleted_at)
  execute function clientele.members_demoted();
