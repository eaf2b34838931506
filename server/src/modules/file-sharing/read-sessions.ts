import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import type { FileShareDownload, FileSharePayment, FileShareSession } from './file-share.ts';
import { downloadsOf, paymentsOf, sessionById, sessionsPage } from './file-sharing.store.ts';

const COLUMN: Record<string, string> = {
  created_at: 's.created_at',
  status: 's.status',
  download_count: 's.download_count',
};

/** `-created_at` and the like as SQL; a field given twice counts once, `id` settles the rest. */
function orderOf(sorting: readonly string[]): string {
  const terms = new Map<string, boolean>();
  for (const term of sorting) {
    const column = COLUMN[term.replace(/^-/, '')];
    if (column !== undefined && !terms.has(column)) terms.set(column, term.startsWith('-'));
  }
  if (terms.size === 0) terms.set('s.created_at', true);
  const [first = true] = terms.values();
  return [...terms, ['s.id', first] as const]
    .map(([column, down]) => `${column} ${down ? 'desc' : 'asc'}`)
    .join(', ');
}

/**
 * A numbered page of shared files with the exact total. Of the portal, a member sees the
 * workspace's and a session of the customer itself none: the database shows it none (§8.6).
 */
export function listSessions(
  app: App,
  caller: Caller,
  request: PageRequest & { sorting: readonly string[] },
): Promise<Page<FileShareSession>> {
  const limit = Math.min(request.limit, MAX_PAGE_SIZE);
  const offset = Math.min((request.page - 1) * limit, 2 ** 40);
  return app.work(caller, (w) =>
    w
      .defer<FileShareSession & { total: number }>(
        sessionsPage(caller.workspaceId, orderOf(request.sorting), { limit, offset }),
      )
      .map(({ rows }) => ({
        total: rows[0]?.total ?? 0,
        rows: rows.filter((r) => r.id !== null),
      })),
  );
}

/** One shared file. Errors: 404. */
export function getSession(app: App, caller: Caller, id: string): Promise<FileShareSession> {
  return app.work(caller, (w) =>
    w.defer<FileShareSession>(sessionById(caller.workspaceId, id)).map(({ rows }) => {
      const session = rows[0];
      if (session === undefined) throw notFound();
      return session;
    }),
  );
}

function listOf<T>(app: App, caller: Caller, id: string, list: typeof downloadsOf): Promise<T[]> {
  return app.work(caller, (w) =>
    w
      .defer<FileShareSession>(sessionById(caller.workspaceId, id))
      .and(w.defer<T>(list(caller.workspaceId, id)))
      .map(([session, { rows }]) => {
        if (session.rows.length === 0) throw notFound();
        return rows;
      }),
  );
}

/** The downloads of a shared file, oldest first. Errors: 404. */
export function listDownloads(app: App, caller: Caller, id: string): Promise<FileShareDownload[]> {
  return listOf(app, caller, id, downloadsOf);
}

/** The payments for a shared file, oldest first. Errors: 404. */
export function listPayments(app: App, caller: Caller, id: string): Promise<FileSharePayment[]> {
  return listOf(app, caller, id, paymentsOf);
}
