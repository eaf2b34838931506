import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type Share, type ShareRow, shareOf, timeOf } from './share.ts';
import { workspacePage } from './shares.store.ts';

/** A workspace as everybody sees it (workspace-and-portal.md §5.8). */
export interface ShownWorkspace {
  id: string;
  created_at: string;
  modified_at: string | null;
  name: string;
  slug: string;
  avatar_url: string | null;
  customer_portal_settings: { usage: { show: boolean } };
}

/**
 * The page of a workspace: itself, and its public shares with catalogue prices, oldest first.
 * In: its slug in any case. Errors: the same 404 for unknown, blocked and deleted ones.
 */
export function getWorkspacePage(
  app: App,
  caller: Caller,
  slug: string,
): Promise<{ workspace: ShownWorkspace; shares: Share[] }> {
  return app.work(caller, (w) =>
    w
      .defer<{ workspace: ShownWorkspace; shares: ShareRow[] }>(workspacePage(slug))
      .map(({ rows }) => {
        const page = rows[0];
        if (page === undefined) throw notFound();
        const { created_at, modified_at } = page.workspace;
        return {
          workspace: {
            ...page.workspace,
            created_at: timeOf(created_at),
            modified_at: modified_at === null ? null : timeOf(modified_at),
          },
          shares: page.shares.map(shareOf),
        };
      }),
  );
}
