/** A mail, composed. */
export interface Mail {
  to: string;
  /** Whose name stands in front of the sender's address. */
  from: string;
  subject: string;
  text: string;
  html: string;
}

/** Sends a mail; the port of providers/mail. Errors: whatever the server said; it is tried again. */
export interface Mailer {
  send(mail: Mail & { id: string }): Promise<void>;
  /** Lets go of connections that wait for more. */
  close(): void;
}

/** A line of a mail: words, a code to type in, or a link. */
export type Line = string | { code: string } | { link: string; text: string };

// What separates lines, in any program, could begin a header or hide one (threats.md T20).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters meant
const BREAKS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const LONGEST_NAME = 120;

/** A text in one line, as long as a header may hold. */
export const oneLine = (text: string) => text.replace(BREAKS, ' ').trim().slice(0, LONGEST_NAME);

const escaped = (text: string) =>
  text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`).replace(BREAKS, ' ');

function plain(line: Line): string {
  if (typeof line === 'string') return line.replace(BREAKS, ' ');
  return 'code' in line ? `    ${line.code}` : `${line.text}: ${line.link}`;
}

function markup(line: Line): string {
  if (typeof line === 'string') return `<p>${escaped(line)}</p>`;
  if ('code' in line) {
    return `<p style="font:700 28px ui-monospace,monospace;letter-spacing:2px">${escaped(line.code)}</p>`;
  }
  return `<p><a href="${escaped(line.link)}">${escaped(line.text)}</a></p>`;
}

/** Writes a mail as text and as HTML; nothing in a name can become a header or markup. */
export function composeMail(draft: {
  to: string;
  from: string;
  subject: string;
  lines: Line[];
}): Mail {
  const subject = oneLine(draft.subject);
  return {
    to: draft.to,
    from: oneLine(draft.from),
    subject,
    text: `${draft.lines.map(plain).join('\n\n')}\n`,
    html:
      `<!doctype html><html><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>` +
      `<body style="font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:34em;margin:2em auto">` +
      `${draft.lines.map(markup).join('')}</body></html>\n`,
  };
}
