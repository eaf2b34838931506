-- Cluster-wide roles without login; the serving role inherits nothing and becomes one of them
-- inside a transaction. Several databases of one cluster share them.
do $$
declare
  r text;
begin
  foreach r in array array['clientele_app', 'clientele_portal', 'clientele_auth',
                           'clientele_relay', 'clientele_operator',
                           'clientele_search', 'clientele_janitor', 'clientele_page'] loop
    begin
      if not exists (select 1 from pg_roles where rolname = r) then
        execute format('create role %I nologin noinherit', r);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of this cluster was faster
    end;
    if not pg_has_role(current_user, r, 'member') then
      execute format('grant %I to current_user', r);
    end if;
  end loop;
end $$;
