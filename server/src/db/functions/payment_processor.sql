-- Which processor serves the workspace of the transaction: what stands in a throw-away workspace
-- never reaches a real one.
create or replace function clientele.payment_processor(configured text) returns text
language sql stable security definer set search_path = '' as $$
  select case when w.ephemeral then 'sandbox' else configured end from clientele.workspaces w
  where w.id = nullif(current_setting('clientele.workspace_id', true), '')::uuid
$$;
