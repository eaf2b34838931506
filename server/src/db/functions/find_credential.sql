-- What a live credential may do; the facts that never change after its creation.
create or replace function clientele.find_credential(token_hash bytea)
returns table (workspace_id uuid, id uuid, kind text, name text, scopes text[])
language sql stable security definer set search_path = '' as $$
  select c.workspace_id, c.id, c.kind, c.name, c.scopes
  from clientele.credentials c
  where c.hash = token_hash
    and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())
    and not c.suspended
$$;
