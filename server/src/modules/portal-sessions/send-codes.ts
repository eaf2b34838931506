import type { Caller } from '../../kernel/caller.ts';
import { OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { queueMail } from '../mails/index.ts';
import { limits, overLimit } from './limits.ts';
import { newCode } from './login-codes.ts';
import { codeMail, type SentCode } from './mails.ts';
import type { CodeRequest } from './request-code.ts';
import { CODE_MINUTES, emailDigest, inMinutes } from './session.ts';
import { forgetTries, insertCode, liveWorkspace, whoGoesBy } from './sessions.store.ts';

interface Found {
  customer_id: string;
  member_id: string | null;
  email: string;
  name: string | null;
}

/**
 * Makes codes for whoever goes by the address and queues the mail (§8.5, README decisions 8 and
 * 8b). Nothing happens for an unknown workspace or address, or beyond the limits of an inbox.
 */
export async function sendCodes(app: App, job: Caller, input: CodeRequest): Promise<void> {
  const auth: Caller = { ...job, entry: { as: 'auth' }, workspaceId: OPERATOR_WORKSPACE };
  const inside: Caller = { ...job, entry: { as: 'workspace' }, workspaceId: input.workspace_id };
  const { rows: found } = await app.work({ ...auth }, (w) =>
    w.defer<{ id: string; slug: string; name: string }>(liveWorkspace(input.workspace_id)),
  );
  const workspace = found[0];
  if (workspace === undefined) return;
  const { rows: matches } = await app.work({ ...inside }, (w) =>
    w.defer<Found>(whoGoesBy(workspace.id, input.email, input.customer_id ?? null)),
  );
  if (matches.length === 0) return;
  const digest = emailDigest(app.keys, input.email);
  const inbox = app.keys.requestDigest('inbox\n', workspace.id, digest);
  const allowed = await app.work({ ...auth }, async (w) => {
    const mails = await overLimit(w, limits.mails, inbox);
    const codes = mails.over ? mails : await overLimit(w, limits.codes, inbox);
    // A new code starts with its own tries.
    if (!codes.over) w.defer(forgetTries(limits.guesses.bucket, digest));
    return !codes.over;
  });
  if (!allowed) return;
  await app.work({ ...inside }, async (w) => {
    const byInbox = Map.groupBy(matches, (m) => m.email);
    for (const [to, holders] of byInbox) {
      const sent: SentCode[] = holders.map((holder) => ({ ...holder, code: newCode() }));
      for (const one of sent) {
        w.defer(
          insertCode(
            workspace.id,
            newId(),
            app.keys.tokenHash(one.code),
            one.customer_id,
            one.member_id,
            emailDigest(app.keys, to),
            inMinutes(CODE_MINUTES),
          ),
        );
      }
      const only = sent.length === 1 ? sent[0] : undefined;
      queueMail(w, app, {
        workspaceId: workspace.id,
        customerId: only?.customer_id ?? null,
        ...codeMail(workspace, `${app.publicUrl}/${workspace.slug}/portal`, to, sent),
      });
    }
  });
}
