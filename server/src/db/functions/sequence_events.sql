-- Moves the workspace's committed events into its change log. One mover at a time per workspace,
-- so a sequence number is only ever given after every smaller one is visible: a reader that
-- pages by "after" misses nothing; an identity column alone cannot promise that. At most 10,000
-- events move in a call, so that none takes long. Out: how many moved.
-- Its plans are kept from when the tables were small, hence the setting.
create or replace function clientele.sequence_events(ws uuid) returns bigint
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
  moved bigint;
begin
  perform 1 from clientele.outbox o where o.workspace_id = ws limit 1;
  if not found then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('clientele.events:' || ws::text, 0));
  with gone as (
    delete from clientele.outbox o
    where o.workspace_id = ws and o.seq in (
      select p.seq from clientele.outbox p where p.workspace_id = ws order by p.seq limit 10000)
    returning o.seq, o.id, o.type, o.timestamp, o.customer_id, o.data
  )
  insert into clientele.events (workspace_id, sequence, id, type, timestamp, customer_id, data)
  select ws,
         (select coalesce(max(e.sequence), 0) from clientele.events e where e.workspace_id = ws)
           + row_number() over (order by g.seq),
         g.id, g.type, g.timestamp, g.customer_id, g.data
  from gone g;
  get diagnostics moved = row_count;
  return moved;
end $$;
