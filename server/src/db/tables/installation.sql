-- One row: facts of this installation that must survive a restart.
create table installation (
  singleton boolean not null default true,
  root_token_shown_at timestamptz(3),
  secret_check bytea,
  constraint installation_pkey primary key (singleton),
  constraint installation_singleton_check check (singleton)
);
insert into installation default values;
