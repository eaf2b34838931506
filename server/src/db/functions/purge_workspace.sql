-- Removes a throw-away workspace with all its rows; any other workspace is left alone.
create or replace function clientele.purge_workspace(ws uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  -- Sealing may be under way: a seal written after this would stand without its row.
  perform pg_advisory_xact_lock(hashtextextended('clientele.audit:' || ws::text, 0));
  delete from clientele.workspaces w where w.id = ws and w.ephemeral;
  if not found then
    return false;
  end if;
  delete from clientele.audit_log a where a.workspace_id = ws;
  delete from clientele.audit_unsealed u where u.workspace_id = ws;
  delete from clientele.audit_seals s where s.workspace_id = ws;
  delete from clientele.idempotency_keys i where i.workspace_id = ws;
  delete from clientele.jobs j where j.workspace_id = ws;
  return true;
end $$;
