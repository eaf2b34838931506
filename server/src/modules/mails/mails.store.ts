import { statement } from '../../db/drivers/statement.ts';

export const insertMail = statement(
  'mails.insert',
  'insert into mails (workspace_id, id, customer_id, content) values ($1, $2, $3, $4)',
);
export const mailById = statement(
  'mails.by_id',
  'select id, content from mails where workspace_id = $1 and id = $2',
);
export const deleteMail = statement(
  'mails.delete',
  'delete from mails where workspace_id = $1 and id = $2',
);
export const newestMails = statement(
  'mails.newest',
  'select id, content, created_at from mails order by created_at desc, id desc limit $1',
);
