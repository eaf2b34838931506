-- One row per tag of a listed customer: under row security `tags @> …` never uses an index, since
-- the operator is not leakproof; equality of a text is. Kept by a trigger of customers.
create table customer_tags (
  workspace_id uuid not null,
  tag text not null,
  created_at timestamptz(3) not null,
  customer_id uuid not null,
  constraint customer_tags_pkey primary key (workspace_id, customer_id, tag),
  constraint customer_tags_customer_fkey foreign key (workspace_id, customer_id)
    references customers (workspace_id, id) on delete cascade
);
create index customer_tags_by_created
  on customer_tags (workspace_id, tag, created_at desc, customer_id desc);
