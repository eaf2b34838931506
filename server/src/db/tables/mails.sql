-- Mails on their way, and kept ones where no SMTP server is configured.
create table mails (
  workspace_id uuid not null,
  id uuid not null,
  customer_id uuid,
  created_at timestamptz(3) not null default now(),
  -- Recipient, subject and bodies, encrypted: a mail may hold a login code.
  content bytea not null,
  constraint mails_pkey primary key (workspace_id, id),
  constraint mails_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete cascade
);
create index mails_by_created on mails (created_at desc, id desc);
create index mails_by_customer on mails (workspace_id, customer_id);
