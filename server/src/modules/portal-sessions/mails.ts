import type { Mail } from '../mails/index.ts';
import { composeMail } from '../mails/index.ts';
import { shownCode } from './login-codes.ts';
import { CODE_MINUTES } from './session.ts';

/** A code and whom it lets in. */
export interface SentCode {
  customer_id: string;
  member_id: string | null;
  name: string | null;
  code: string;
}

/** The mail that brings one login code, or one for each customer that shares the address. */
export function codeMail(
  workspace: { name: string },
  portal: string,
  to: string,
  codes: SentCode[],
): Mail {
  const only = codes.length === 1 ? codes[0] : undefined;
  return composeMail({
    to,
    from: workspace.name,
    subject: `Your login code for ${workspace.name}`,
    lines:
      only !== undefined
        ? [
            `Sign in to ${workspace.name} with this code:`,
            { code: shownCode(only.code) },
            `It works once, for ${CODE_MINUTES} minutes.`,
            { link: `${portal}/authenticate`, text: 'Enter the code' },
            'If you did not ask for it, ignore this mail: nobody gets in without the code.',
          ]
        : [
            `Several accounts of ${workspace.name} go by your address. Each has its own code:`,
            ...codes.flatMap((c) => [
              `${c.name ?? `Customer ${c.customer_id}`}:`,
              { code: shownCode(c.code) },
            ]),
            `Each works once, for ${CODE_MINUTES} minutes.`,
            { link: `${portal}/authenticate`, text: 'Enter a code' },
            'If you did not ask for them, ignore this mail: nobody gets in without a code.',
          ],
  });
}
