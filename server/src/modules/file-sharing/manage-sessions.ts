import { randomInt } from 'node:crypto';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import {
  activated,
  after,
  type FileShareSession,
  type FileShareSessionStatus,
  isOverdue,
  SESSION_STEPS,
} from './file-share.ts';
import { insertSession } from './file-sharing.store.ts';
import { lockOne, writeSession } from './write-session.ts';

/** What a caller says of a file to share; amounts are in minor units. */
export interface FileShareDraft {
  short_slug?: string | null;
  long_slug?: string | null;
  title?: string | null;
  file_name?: string | null;
  file_size_bytes?: number | null;
  max_downloads: number;
  price_cents?: number | null;
  currency: string;
  ttl_seconds?: number | null;
  share_id?: string | null;
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const slug = (length: number) =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
const SHORT = 10;
/** 158 bits: nobody finds a file by guessing. */
const LONG = 32;

/**
 * Shares a file; where it has a time to live, that runs from now until it is activated.
 * Errors: 422 for a slug that is taken or an unknown share.
 */
export function createSession(
  app: App,
  caller: Caller,
  draft: FileShareDraft,
): Promise<FileShareSession> {
  const at = new Date().toISOString();
  const ttl = draft.ttl_seconds ?? null;
  const session: FileShareSession = {
    workspace_id: caller.workspaceId,
    id: newId(),
    created_at: at,
    modified_at: null,
    share_id: draft.share_id ?? null,
    user_id: null,
    short_slug: draft.short_slug ?? slug(SHORT),
    long_slug: draft.long_slug ?? slug(LONG),
    status: 'created',
    max_downloads: draft.max_downloads,
    download_count: 0,
    price_cents: draft.price_cents ?? null,
    currency: draft.currency,
    title: draft.title ?? null,
    file_name: draft.file_name ?? null,
    file_size_bytes: draft.file_size_bytes ?? null,
    ttl_seconds: ttl,
    expires_at: after(at, ttl),
    activated_at: null,
    completed_at: null,
  };
  return app.work(
    caller,
    (w) => {
      const { workspace_id, id, created_at, modified_at: _, ...shown } = session;
      w.record({
        entity: 'file_share_session',
        entityId: id,
        customerId: null,
        before: null,
        after: shown,
        personal: [],
        event: { type: 'file_sharing_session.created', data: session },
      });
      return w
        .defer(
          insertSession(
            workspace_id,
            id,
            created_at,
            session.share_id,
            session.short_slug,
            session.long_slug,
            session.status,
            session.max_downloads,
            session.price_cents,
            session.currency,
            session.title,
            session.file_name,
            session.file_size_bytes,
            session.ttl_seconds,
            session.expires_at,
          ),
        )
        .map(() => session);
    },
    { explain: explainClash(session) },
  );
}

function explainClash(session: FileShareSession) {
  return async (constraint: string) => {
    for (const field of ['short_slug', 'long_slug'] as const) {
      if (constraint === `file_share_sessions_${field}_key`) {
        return invalid([
          bodyIssue([field], 'A session with this slug already exists', session[field]),
        ]);
      }
    }
    return constraint === 'file_share_sessions_share_fkey'
      ? invalid([bodyIssue(['share_id'], 'No such share', session.share_id)])
      : undefined;
  };
}

/**
 * Moves a shared file to another status. Errors: 404; 422 where there is no way from where it is,
 * or its time is up.
 */
export function changeStatus(
  app: App,
  caller: Caller,
  id: string,
  status: FileShareSessionStatus | null | undefined,
): Promise<FileShareSession> {
  return app.work(caller, async (w) => {
    const before = await lockOne(w, caller, id);
    if (status == null || status === before.status) return before;
    const refused = (message: string) => invalid([bodyIssue(['status'], message, status)]);
    if (!SESSION_STEPS[before.status].includes(status)) {
      throw refused(`A session that is ${before.status} cannot become ${status}`);
    }
    const at = new Date().toISOString();
    if (status === 'active' && isOverdue(before, at)) throw refused('The time of it is up');
    const next: FileShareSession = {
      ...(status === 'active' ? activated(before, at) : before),
      status,
      modified_at: at,
    };
    if (status === 'completed') next.completed_at = at;
    if (status === 'expired' && !isOverdue(before, at)) next.expires_at = at;
    const event =
      status === 'expired' ? { type: 'file_sharing_session.expired', data: next } : undefined;
    writeSession(w, before, next, event);
    return next;
  });
}
