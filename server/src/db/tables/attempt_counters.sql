-- Directory table: how often something was tried within a window that has not ended. Who tries to
-- get in names no workspace, so these have none. `subject` is a keyed digest.
create table attempt_counters (
  bucket text not null,
  subject bytea not null,
  tries integer not null,
  window_ends timestamptz(3) not null,
  constraint attempt_counters_pkey primary key (bucket, subject)
);
create index attempt_counters_by_end on attempt_counters (window_ends);
