-- Rebuilds every grant and policy from role_matrix. A table with workspace_id has row security
-- enabled and forced whether or not anybody may use it; who is not in the matrix sees nothing.
do $$
declare
  t record;
  m record;
  p record;
  condition text;
  narrow text;
begin
  revoke all on all tables in schema clientele from public;
  revoke all on all functions in schema clientele from public;
  for t in select c.oid, c.relname,
                  exists (select 1 from pg_attribute a where a.attrelid = c.oid
                          and a.attname = 'workspace_id' and not a.attisdropped) as scoped
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'clientele' and c.relkind in ('r', 'p') loop
    for m in select r.rolname from pg_roles r where r.rolname like 'clientele\_%' loop
      if m.rolname in (select role from role_matrix union select 'clientele_app') then
        execute format('revoke all on clientele.%I from %I', t.relname, m.rolname);
      end if;
    end loop;
    for p in select polname from pg_policy where polrelid = t.oid loop
      execute format('drop policy %I on clientele.%I', p.polname, t.relname);
    end loop;
    if t.scoped then
      execute format('alter table clientele.%I enable row level security', t.relname);
      execute format('alter table clientele.%I force row level security', t.relname);
    end if;
    for m in select * from role_matrix where relation = t.relname loop
      execute format('grant %s on clientele.%I to %I', m.privileges, t.relname, m.role);
      if t.scoped then
        condition := case m.rows when 'all' then 'true' else
          'workspace_id = (select nullif(current_setting(''clientele.workspace_id'', true), '''')::uuid)'
          end;
        execute format('create policy %I on clientele.%I for all to %I using (%s) with check (%s)',
                       t.relname || '_' || replace(m.role, 'clientele_', ''), t.relname, m.role,
                       condition, condition);
        narrow := case m.rows
          when 'customer' then format(
            '%I = (select nullif(current_setting(''clientele.customer_id'', true), '''')::uuid)',
            case t.relname when 'customers' then 'id' else 'customer_id' end)
          when 'member' then
            '(select nullif(current_setting(''clientele.member_id'', true), '''')) is not null'
          end;
        if narrow is not null then
          execute format('create policy %I on clientele.%I as restrictive for all to %I '
                           'using (%s) with check (%s)',
                         t.relname || '_' || replace(m.role, 'clientele_', '') || '_narrow',
                         t.relname, m.role, narrow, narrow);
        end if;
      end if;
    end loop;
  end loop;
end $$;

do $$
declare
  r text;
begin
  foreach r in array array['clientele_app', 'clientele_portal', 'clientele_auth',
                           'clientele_relay', 'clientele_operator', 'clientele_search',
                           'clientele_janitor', 'clientele_page'] loop
    execute format('grant usage on schema clientele to %I', r);
  end loop;
end $$;

-- Functions that run with their owner's rights, and who may call them. Owning one asks for the
-- right to create in its schema, which is lent for the moment of handing over.
grant create on schema clientele
  to clientele_auth, clientele_search, clientele_relay, clientele_janitor, clientele_page;
alter function clientele.enter_credential(bytea) owner to clientele_auth;
alter function clientele.find_credential(bytea) owner to clientele_auth;
alter function clientele.enter_session(bytea) owner to clientele_auth;
alter function clientele.enter_one_time(text, bytea) owner to clientele_auth;
alter function clientele.find_session(bytea) owner to clientele_auth;
alter function clientele.own_workspace() owner to clientele_auth;
alter function clientele.payment_processor(text) owner to clientele_auth;
alter function clientele.workspace_page(text) owner to clientele_page;
alter function clientele.search_customers(text, text, boolean) owner to clientele_search;
alter function clientele.sequence_events(uuid) owner to clientele_relay;
alter function clientele.seal_audit(uuid) owner to clientele_relay;
alter function clientele.verify_audit() owner to clientele_relay;
alter function clientele.verify_ledger() owner to clientele_relay;
alter function clientele.purge_workspace(uuid) owner to clientele_janitor;
revoke create on schema clientele
  from clientele_auth, clientele_search, clientele_relay, clientele_janitor, clientele_page;
grant execute on function clientele.enter_credential(bytea) to clientele_app;
grant execute on function clientele.find_credential(bytea) to clientele_auth;
grant execute on function clientele.enter_session(bytea) to clientele_app;
grant execute on function clientele.enter_one_time(text, bytea) to clientele_app;
grant execute on function clientele.find_session(bytea) to clientele_auth;
grant execute on function clientele.own_workspace() to clientele_app, clientele_portal;
grant execute on function clientele.payment_processor(text) to clientele_app, clientele_portal;
grant execute on function clientele.workspace_page(text) to clientele_auth;
grant execute on function clientele.search_customers(text, text, boolean) to clientele_app;
grant execute on function clientele.sequence_events(uuid) to clientele_app, clientele_relay;
grant execute on function clientele.audit_row_hash(clientele.audit_log) to clientele_relay;
grant execute on function clientele.seal_audit(uuid)
  to clientele_relay, clientele_operator;
grant execute on function clientele.verify_audit() to clientele_operator;
grant execute on function clientele.purge_workspace(uuid) to clientele_operator;
grant execute on function clientele.count_listed(uuid, bigint) to clientele_app;
grant execute on function clientele.verify_ledger() to clientele_operator;
grant execute on function clientele.ledger_hash(clientele.ledger_entries)
  to clientele_app, clientele_relay;
grant execute on function clientele.currency_digits(text) to clientele_app;
grant execute on function clientele.minor_units(text, text) to clientele_app;
grant execute on function clientele.usage_matches(jsonb, jsonb) to clientele_app;
