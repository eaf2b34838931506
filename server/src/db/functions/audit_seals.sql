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

-- Seals audit rows of the workspace that have no seal yet, in their order, at most 5,000 a call so
-- that no call takes long. `since` bounds the look-back: sealing runs every moment and must not
-- read the whole trail. Out: how many were sealed.
create or replace function clientele.seal_audit(ws uuid, since timestamptz) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  a clientele.audit_log;
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
  for a in select * from clientele.audit_log l
           where l.workspace_id = ws and l.at >= since
             and not exists (select 1 from clientele.audit_seals s
                             where s.workspace_id = ws and s.seq = l.seq)
           order by l.seq limit 5000 loop
    own := clientele.audit_row_hash(a);
    chain := sha256(chain || own);
    place := place + 1;
    sealed := sealed + 1;
    insert into clientele.audit_seals (workspace_id, position, seq, row_hash, chain_hash)
    values (ws, place, a.seq, own, chain);
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
