-- What the transaction's own workspace is called, for links and mails.
create or replace function clientele.own_workspace()
returns table (id uuid, slug text, name text)
language sql stable security definer set search_path = '' as $$
  select w.id, w.slug, w.name from clientele.workspaces w
  where w.id = nullif(current_setting('clientele.workspace_id', true), '')::uuid
$$;
