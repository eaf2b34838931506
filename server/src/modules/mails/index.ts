import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import type { Mail } from './mail.ts';
import { deleteMail, insertMail, mailById, newestMails } from './mails.store.ts';

export { composeMail, type Line, type Mail, type Mailer } from './mail.ts';

/** The kind of job that sends a mail. */
export const SEND_MAIL = 'send_mail';

/** A mail that was kept instead of sent. */
export interface KeptMail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  created_at: string;
}

/**
 * Puts a mail on its way, in this transaction: a job sends it, or it is kept where no SMTP server
 * is configured. `customerId`: whose erasure drops it; null where it is about several.
 */
export function queueMail(
  w: Work,
  app: App,
  mail: Mail & { workspaceId: string; customerId: string | null },
): void {
  const { workspaceId, customerId, ...content } = mail;
  const id = newId();
  w.defer(insertMail(workspaceId, id, customerId, app.keys.seal(JSON.stringify(content))));
  if (app.mailer !== undefined) w.enqueue({ kind: SEND_MAIL, payload: { id }, customerId });
}

/** Sends a mail and forgets it. A try that is cut off may send it twice, under one Message-ID. */
export async function sendMail(app: App, job: Caller, { id }: { id: string }): Promise<void> {
  const { rows } = await app.work({ ...job }, (w) =>
    w.defer<{ content: Buffer }>(mailById(job.workspaceId, id)),
  );
  const kept = rows[0];
  if (kept === undefined || app.mailer === undefined) return;
  await app.mailer.send({ id, ...(JSON.parse(app.keys.open(kept.content)) as Mail) });
  await app.work({ ...job }, (w) => w.defer(deleteMail(job.workspaceId, id)));
}

/** Kept mails of all workspaces, newest first. */
export async function listMails(app: App, caller: Caller, limit: number): Promise<KeptMail[]> {
  const { rows } = await app.work(caller, (w) =>
    w.defer<{ id: string; content: Buffer; created_at: string }>(newestMails(limit)),
  );
  return rows.map(({ id, content, created_at }) => {
    const { to, subject, text, html } = JSON.parse(app.keys.open(content)) as Mail;
    return { id, to, subject, text, html, created_at };
  });
}
