import { isIP, SocketAddress } from 'node:net';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { downloaded, type FileShareDownload } from './file-share.ts';
import { insertDownload } from './file-sharing.store.ts';
import { lockOne, writeSession } from './write-session.ts';

/** One spelling of an address. Errors: 422 if it is none. */
function readAddress(text: string): string {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) {
    throw invalid([bodyIssue(['downloader_ip'], 'Must be an IPv4 or IPv6 address', text)]);
  }
  return new SocketAddress({ address: text, family: version === 4 ? 'ipv4' : 'ipv6' }).address;
}

/**
 * Notes a download in the next slot of a shared file, counted from 1. In: who downloads, of whom
 * only a keyed hash is kept. Errors: 404; 409 once there are no more downloads; 422.
 */
export function takeDownload(
  app: App,
  caller: Caller,
  id: string,
  input: { downloader_ip?: string | null },
): Promise<FileShareDownload> {
  const ip = input.downloader_ip?.trim() || null;
  const hash = ip === null ? null : app.keys.pseudonym(caller.workspaceId, readAddress(ip));
  return app.work(caller, async (w) => {
    const before = await lockOne(w, caller, id);
    const at = new Date().toISOString();
    const after = downloaded(before, at);
    const download: FileShareDownload = {
      id: newId(),
      created_at: at,
      modified_at: null,
      session_id: id,
      slot_number: after.download_count,
    };
    writeSession(w, before, after);
    w.record({
      entity: 'file_share_download',
      entityId: download.id,
      customerId: null,
      before: null,
      after: { session_id: id, slot_number: download.slot_number },
      personal: [],
      event: { type: 'file_sharing_session.download_completed', data: { ...after, download } },
    });
    return w
      .defer(insertDownload(caller.workspaceId, download.id, id, download.slot_number, hash, at))
      .map(() => download);
  });
}
