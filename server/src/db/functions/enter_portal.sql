-- Whom a live portal session or one-time token stands for, found in the transaction that then
-- works for them: ended, expired, deleted or blocked ends the whole transaction.
create or replace function clientele.enter_session(token_hash bytea)
returns table (workspace_id uuid, customer_id uuid, member_id uuid)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
  select s.workspace_id, s.customer_id, s.member_id
  from clientele.portal_sessions s
  join clientele.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
  join clientele.workspaces w on w.id = s.workspace_id
  left join clientele.members m on m.workspace_id = s.workspace_id and m.id = s.member_id
  where s.hash = token_hash and s.ended_at is null and s.expires_at > now()
    and c.deleted_at is null and w.blocked_at is null and w.deleted_at is null
    and (s.member_id is null or m.deleted_at is null);
  if not found then
    raise exception 'session is not live' using errcode = 'CL401';
  end if;
end $$;

create or replace function clientele.enter_one_time(token_kind text, token_hash bytea)
returns table (workspace_id uuid, customer_id uuid, member_id uuid)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
  select t.workspace_id, t.customer_id, t.member_id
  from clientele.one_time_tokens t
  join clientele.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
  join clientele.workspaces w on w.id = t.workspace_id
  left join clientele.members m on m.workspace_id = t.workspace_id and m.id = t.member_id
  left join clientele.portal_sessions s on s.workspace_id = t.workspace_id and s.id = t.session_id
  where t.kind = token_kind and t.hash = token_hash and t.expires_at > now()
    and c.deleted_at is null and w.blocked_at is null and w.deleted_at is null
    and (t.member_id is null or m.deleted_at is null)
    and (t.session_id is null or (s.ended_at is null and s.expires_at > now()));
  if not found then
    raise exception 'one-time token is not live' using errcode = 'CL401';
  end if;
end $$;

-- What stays the same about a portal session for as long as it lives.
create or replace function clientele.find_session(token_hash bytea)
returns table (workspace_id uuid, id uuid, customer_id uuid, member_id uuid, role text)
language sql stable security definer set search_path = '' as $$
  select e.workspace_id, s.id, e.customer_id, e.member_id, m.role
  from clientele.enter_session(token_hash) e
  join clientele.portal_sessions s on s.hash = token_hash
  left join clientele.members m on m.workspace_id = e.workspace_id and m.id = e.member_id
$$;
