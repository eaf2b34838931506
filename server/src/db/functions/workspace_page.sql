-- What a workspace's page shows everybody: its public shares with what they cost, and nothing of a
-- workspace that is blocked or deleted. Made here, so that who serves it can read no other share.
create or replace function clientele.workspace_page(wanted text)
returns table (workspace jsonb, shares jsonb)
language sql stable security definer set search_path = '' as $$
  select
    jsonb_build_object('id', w.id, 'created_at', w.created_at, 'modified_at', w.modified_at,
      'name', w.name, 'slug', w.slug, 'avatar_url', w.avatar_url,
      'customer_portal_settings', w.customer_portal_settings),
    coalesce((
      select jsonb_agg(to_jsonb(s) || jsonb_build_object(
        'prices', coalesce((
          select jsonb_agg(to_jsonb(p) order by p.created_at, p.position, p.id)
          from clientele.share_prices p
          where p.workspace_id = s.workspace_id and p.share_id = s.id
            and not p.is_archived and p.source = 'catalog'), '[]'),
        'medias', coalesce((
          select jsonb_agg(to_jsonb(m) order by m.position, m.id)
          from clientele.share_medias m
          where m.workspace_id = s.workspace_id and m.share_id = s.id), '[]'))
        order by s.created_at, s.id)
      from clientele.shares s
      where s.workspace_id = w.id and s.visibility = 'public' and not s.is_archived), '[]')
  from clientele.workspaces w
  where lower(w.slug) = lower(wanted) and w.deleted_at is null and w.blocked_at is null
$$;
