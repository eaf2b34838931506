-- The hash of an audit row. Everything in it counts, the personal side through its keyed digest.
create or replace function clientele.audit_row_hash(a clientele.audit_log) returns bytea
language sql immutable set search_path = '' as $$
  select sha256(convert_to(concat_ws(chr(31),
    a.workspace_id, a.seq, extract(epoch from a.at), a.actor_kind, a.actor_id, a.actor_name,
    a.surface, a.operation, a.request_id, a.entity, a.entity_id,
    coalesce(a.customer_id::text, '-'), coalesce(a.before::text, '-'), coalesce(a.after::text, '-'),
    array_to_string(a.personal_fields, ','), coalesce(encode(a.personal_digest, 'hex'), '-')
  ), 'UTF8'))
$$;

-- Seals the workspace's audit rows that still wait for it, in their order, at most 5,000 a call so
-- that no call takes long. A row that vanished before its seal gets one, too: verifying names it.
-- Out: how many were sealed.
-- Its plans are kept from when the tables were small, hence the setting.
create or replace function clientele.seal_audit(ws uuid) returns bigint
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
  waiting record;
  place bigint;
  chain bytea;
  own bytea;
  sealed bigint := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('clientele.audit:' || ws::text, 0));
  select s.position, s.chain_hash into place, chain from clientele.audit_seals s
  where s.workspace_id = ws order by s.position desc limit 1;
  place := coalesce(place, 0);
  chain := coalesce(chain, ''::bytea);
  for waiting in
    with gone as (
      delete from clientele.audit_unsealed u
      where u.workspace_id = ws and u.seq in (
        select n.seq from clientele.audit_unsealed n where n.workspace_id = ws
        order by n.seq limit 5000)
      returning u.seq
    )
    select g.seq, a as log from gone g
    left join clientele.audit_log a on a.workspace_id = ws and a.seq = g.seq
    order by g.seq
  loop
    own := coalesce(clientele.audit_row_hash(waiting.log), ''::bytea);
    chain := sha256(chain || own);
    place := place + 1;
    sealed := sealed + 1;
    insert into clientele.audit_seals (workspace_id, position, seq, row_hash, chain_hash)
    values (ws, place, waiting.seq, own, chain);
  end loop;
  return sealed;
end $$;

-- Every audit row that was changed or removed, and every break in the chain of seals.
create or replace function clientele.verify_audit()
returns table (workspace_id uuid, seq bigint, problem text)
language sql stable security definer set search_path = '' as $$
  select v.workspace_id, v.seq, v.problem
  from (
    select s.workspace_id, s.seq,
      case
        when a.seq is null then 'the row is missing'
        when clientele.audit_row_hash(a) <> s.row_hash then 'the row was changed'
        when s.position <> 1 + coalesce(lag(s.position) over w, 0) then 'a seal is missing before it'
        when s.chain_hash <> sha256(coalesce(lag(s.chain_hash) over w, ''::bytea) || s.row_hash)
          then 'the chain is broken'
      end as problem
    from clientele.audit_seals s
    left join clientele.audit_log a on a.workspace_id = s.workspace_id and a.seq = s.seq
    window w as (partition by s.workspace_id order by s.position)
  ) v
  where v.problem is not null
  order by v.workspace_id, v.seq
$$;
