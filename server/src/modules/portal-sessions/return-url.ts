import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import type { PortalSession } from './session.ts';
import { ownWorkspace, sessionById } from './sessions.store.ts';

/** A URL that a browser may be sent to, read as browsers read it; undefined for any other. */
function readUrl(text: string, base: string): URL | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  const plain = /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return plain ? url : undefined;
}

/**
 * Where a customer is sent back to (§8.7, §8.8; threats.md T21): the asked-for URL if it is of
 * this installation or of the site its session was opened from (a path alone is of this
 * installation), else the portal of its workspace. A backend has no session.
 */
export function returnUrl(
  app: App,
  w: Work,
  caller: Caller,
  asked: string | null | undefined,
): Later<string> {
  const sessionId = caller.portal?.sessionId ?? null;
  const session = w.defer<PortalSession>(sessionById(caller.workspaceId, sessionId));
  return session.and(w.defer<{ slug: string }>(ownWorkspace())).map(([opened, workspace]) => {
    const from = opened.rows[0]?.return_url ?? app.publicUrl;
    const allowed = [app.publicUrl, from].map((url) => new URL(url).origin);
    const url = asked ? readUrl(asked, app.publicUrl) : undefined;
    if (url !== undefined && allowed.includes(url.origin)) return url.href;
    return `${app.publicUrl}/${workspace.rows[0]?.slug ?? ''}/portal`;
  });
}
