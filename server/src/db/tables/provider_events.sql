-- Which events of other services were taken in: each is told at least once, and counts once.
create table provider_events (
  provider text not null,
  event_id text not null,
  type text not null,
  received_at timestamptz(3) not null default now(),
  constraint provider_events_pkey primary key (provider, event_id)
);
create index provider_events_by_time on provider_events (received_at);
