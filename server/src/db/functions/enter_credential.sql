-- The workspace of a live credential, checked in the transaction that then works in it:
-- revoked, expired or blocked ends the whole transaction, however stale a cache may be.
create or replace function clientele.enter_credential(token_hash bytea) returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  ws uuid;
begin
  select c.workspace_id into ws
  from clientele.credentials c
  where c.hash = token_hash
    and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())
    and not c.suspended;
  if ws is null then
    raise exception 'credential is not live' using errcode = 'CL401';
  end if;
  return ws;
end $$;
