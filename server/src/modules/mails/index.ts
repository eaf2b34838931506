import { statement } from '../../db/drivers/statement.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';

/** A mail that was kept instead of sent. */
export interface KeptMail {
  id: string;
  recipient: string;
  subject: string;
  text: string;
  html: string;
  created_at: string;
}

const newest = statement(
  'mails.newest',
  `select id, recipient, subject, text, html, created_at from mails
   order by created_at desc, id desc limit $1`,
);

/** Kept mails of all workspaces, newest first. */
export async function listMails(app: App, caller: Caller, limit: number): Promise<KeptMail[]> {
  return (await app.work(caller, (w) => w.defer<KeptMail>(newest(limit)))).rows;
}
