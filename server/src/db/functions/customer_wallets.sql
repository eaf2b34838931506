-- A decimal amount in minor units; digits that the currency does not have are cut off.
create or replace function clientele.minor_units(amount text, code text) returns bigint
language sql immutable parallel safe as $$
  select trunc(amount::numeric * 10 ^ clientele.currency_digits(code))::bigint
$$;

-- Every customer gets its primary wallet with it, whatever verb makes it (README decision 28).
create or replace function clientele.customers_funded() returns trigger
language plpgsql as $$
begin
  insert into clientele.wallets (workspace_id, id, customer_id, currency, is_primary, credit_limit,
    max_balance, max_single_credit, low_balance_threshold, auto_topup_enabled, auto_topup_amount,
    created_at)
  select c.workspace_id, gen_random_uuid(), c.id, k.code, true,
    clientele.minor_units(coalesce(c.default_credit_limit, k.limits ->> 'credit_limit'), k.code),
    clientele.minor_units(coalesce(c.default_max_balance, k.limits ->> 'max_balance'), k.code),
    clientele.minor_units(
      coalesce(c.default_max_single_credit, k.limits ->> 'max_single_credit'), k.code),
    clientele.minor_units(
      coalesce(c.default_low_balance_threshold, k.limits ->> 'low_balance_threshold'), k.code),
    c.default_auto_topup_enabled,
    nullif(clientele.minor_units(c.default_auto_topup_amount, k.code), 0),
    c.created_at
  from inserted c cross join lateral (
    select coalesce(c.preferred_currency,
        max(s.value) filter (where s.key = 'default_currency'), 'EUR') as code,
      jsonb_object_agg(substr(s.key, 16), s.value)
        filter (where s.key like 'wallet.default\_%' and s.value <> '') as limits
    from clientele.workspace_settings s where s.workspace_id = c.workspace_id) k;
  return null;
end $$;

create or replace trigger customers_funded after insert on clientele.customers
  referencing new table as inserted for each statement
  execute function clientele.customers_funded();
