import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { FileShareSession } from './file-share.ts';
import { lockSession, updateSession } from './file-sharing.store.ts';

const CHANGING = [
  'status',
  'download_count',
  'expires_at',
  'activated_at',
  'completed_at',
] as const;

/** A shared file, locked for a change. Errors: 404. */
export async function lockOne(w: Work, caller: Caller, id: string): Promise<FileShareSession> {
  const found = (await w.run<FileShareSession>(lockSession(caller.workspaceId, id))).rows[0];
  if (found === undefined) throw notFound();
  return found;
}

/** Writes a shared file that is locked. */
export function writeSession(
  w: Work,
  before: FileShareSession,
  after: FileShareSession,
  event?: { type: string; data: unknown },
): void {
  w.defer(
    updateSession(
      after.workspace_id,
      after.id,
      after.modified_at,
      after.status,
      after.download_count,
      after.expires_at,
      after.activated_at,
      after.completed_at,
    ),
  );
  const fields = CHANGING.filter((f) => before[f] !== after[f]);
  const pick = (s: FileShareSession) => Object.fromEntries(fields.map((f) => [f, s[f]]));
  w.record({
    entity: 'file_share_session',
    entityId: after.id,
    customerId: null,
    before: pick(before),
    after: pick(after),
    personal: [],
    ...(event === undefined ? {} : { event }),
  });
}
