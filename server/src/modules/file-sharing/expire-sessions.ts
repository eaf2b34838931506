import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import type { FileShareSession } from './file-share.ts';
import { dueWorkspaces, expireSessions, lockDue } from './file-sharing.store.ts';

const AT_ONCE = 100;

function expireSome(app: App, caller: Caller, at: string): Promise<number> {
  return app.work(
    caller,
    async (w) => {
      const { rows } = await w.run<FileShareSession>(lockDue(caller.workspaceId, at, AT_ONCE));
      if (rows.length === 0) return 0;
      w.defer(
        expireSessions(
          caller.workspaceId,
          rows.map((s) => s.id),
          at,
        ),
      );
      for (const session of rows) {
        w.record({
          entity: 'file_share_session',
          entityId: session.id,
          customerId: null,
          before: { status: session.status },
          after: { status: 'expired' },
          personal: [],
          event: {
            type: 'file_sharing_session.expired',
            data: { ...session, status: 'expired', modified_at: at },
          },
        });
      }
      return rows.length;
    },
    { lane: 'slow' },
  );
}

/**
 * Expires every shared file whose time is up, each with one event, also when several processes
 * do so at once. In: a caller of the relay, which only finds the workspaces.
 */
export async function expireFileShares(app: App, relay: Caller): Promise<void> {
  const at = new Date().toISOString();
  const { rows } = await app.work({ ...relay }, (w) =>
    w.defer<{ workspace_id: string }>(dueWorkspaces(at)),
  );
  for (const { workspace_id: workspaceId } of rows) {
    const inside: Caller = { ...relay, entry: { as: 'workspace' }, workspaceId };
    while ((await expireSome(app, inside, at)) === AT_ONCE);
  }
}
