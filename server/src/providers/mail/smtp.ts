import { createTransport } from 'nodemailer';
import type { Mailer } from '../../modules/mails/index.ts';

const PATIENCE_MS = 20_000;

/** Where mails go out, read from SMTP_URL: `smtp[s]://user:password@host:port?from=address`. */
export interface SmtpTarget {
  url: string;
  from: string;
}

/**
 * Sends by SMTP. Recipient and sender are given as address objects, which the library encodes: no
 * name or address can add a header or a second recipient (threats.md T20).
 */
export function smtpMailer({ url, from }: SmtpTarget): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const host = from.slice(from.lastIndexOf('@') + 1);
  return {
    async send(mail) {
      await transport.sendMail({
        messageId: `<${mail.id}@${host}>`,
        from: { name: `${mail.from} (via Clientele)`, address: from },
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: { 'auto-submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
