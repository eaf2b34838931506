-- What an entry of a wallet's ledger hashes to, with the hash before it: changing any part of an
-- entry, or leaving one out, breaks every hash after it.
create or replace function clientele.ledger_hash(e clientele.ledger_entries) returns bytea
language sql stable as $$
  select sha256(e.previous_hash || convert_to(concat_ws('|', e.workspace_id, e.wallet_id, e.seq,
    e.id, e.kind, e.currency, e.cash, e.promotional, e.held, e.counter_account, e.counter_amount,
    e.cash_after, e.promotional_after, e.held_after, coalesce(e.related_id::text, '-'),
    (extract(epoch from e.at) * 1000)::bigint), 'UTF8'))
$$;

-- Every entry is hashed and numbered as it is written, so no statement can write another.
create or replace function clientele.ledger_chained() returns trigger
language plpgsql as $$
begin
  select w.entries + 1, w.head into new.seq, new.previous_hash
  from clientele.wallets w where w.workspace_id = new.workspace_id and w.id = new.wallet_id;
  new.hash := clientele.ledger_hash(new);
  update clientele.wallets w set entries = new.seq, head = new.hash
  where w.workspace_id = new.workspace_id and w.id = new.wallet_id;
  return new;
end $$;

create or replace trigger ledger_chained before insert on clientele.ledger_entries
  for each row execute function clientele.ledger_chained();

-- Compares every wallet with its ledger: no gap, no broken hash, and the balances it adds up to.
create or replace function clientele.verify_ledger()
returns table (workspace_id uuid, wallet_id uuid, seq bigint, problem text)
language sql stable security definer set search_path = '' as $$
  with entries as (
    select e.*, lag(e.hash, 1, '\x'::bytea) over w as before, lag(e.seq, 1, 0::bigint) over w as last,
      sum(e.cash) over w as cash_sum, sum(e.promotional) over w as promotional_sum,
      sum(e.held) over w as held_sum, clientele.ledger_hash(e) as expected
    from clientele.ledger_entries e
    window w as (partition by e.workspace_id, e.wallet_id order by e.seq)
  )
  select e.workspace_id, e.wallet_id, e.seq, case
      when e.seq <> e.last + 1 then 'an entry before it is missing'
      when e.previous_hash <> e.before then 'does not follow the entry before it'
      when e.hash <> e.expected then 'was changed'
      else 'does not add up' end
  from entries e
  where e.seq <> e.last + 1 or e.previous_hash <> e.before or e.hash <> e.expected
    or e.cash_after <> e.cash_sum or e.promotional_after <> e.promotional_sum
    or e.held_after <> e.held_sum
  union all
  select w.workspace_id, w.id, w.entries, 'the balances are not those of the ledger'
  from clientele.wallets w
  left join lateral (
    select l.seq, l.hash, l.cash_after, l.promotional_after, l.held_after
    from clientele.ledger_entries l where l.workspace_id = w.workspace_id and l.wallet_id = w.id
    order by l.seq desc limit 1) l on true
  where w.entries <> coalesce(l.seq, 0) or w.head <> coalesce(l.hash, '\x'::bytea)
    or w.cash <> coalesce(l.cash_after, 0) or w.promotional <> coalesce(l.promotional_after, 0)
    or w.held <> coalesce(l.held_after, 0)
$$;
