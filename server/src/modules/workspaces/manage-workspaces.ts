import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import { forgetWorkspace } from '../credentials/index.ts';
import { explainSlug, PERSONAL, shown } from './changes.ts';
import type { Workspace } from './workspace.ts';
import { insertWorkspace, purge, workspaceById, workspacesPage } from './workspaces.store.ts';

/** Creates a workspace. In: a slug unique in the installation. Errors: 422 for a taken slug. */
export async function createWorkspace(
  app: App,
  caller: Caller,
  input: { name: string; slug: string; ephemeral?: boolean },
): Promise<Workspace> {
  const workspace: Workspace = {
    id: newId(),
    slug: input.slug.toLowerCase(),
    name: input.name,
    blocked_at: null,
    deleted_at: null,
    ephemeral: input.ephemeral ?? false,
    created_at: new Date().toISOString(),
    modified_at: null,
    avatar_url: null,
    email: null,
    website: null,
    customer_portal_settings: { usage: { show: true } },
    customers: 0,
  };
  return app.work(
    caller,
    (w) => {
      w.record({
        entity: 'workspace',
        entityId: workspace.id,
        customerId: null,
        workspaceId: workspace.id,
        before: null,
        after: shown(workspace),
        personal: PERSONAL,
      });
      const { id, slug, name, ephemeral, created_at } = workspace;
      return w.defer(insertWorkspace(id, slug, name, ephemeral, created_at)).map(() => workspace);
    },
    { explain: explainSlug(workspace.slug) },
  );
}

/** A live workspace inside an operator's transaction. Errors: 404. */
export async function requireWorkspace(w: Work, id: string): Promise<Workspace> {
  const found = (await w.run<Workspace>(workspaceById(id))).rows[0];
  if (found === undefined) throw notFound();
  return found;
}

/** One workspace. Errors: 404. */
export function getWorkspace(app: App, caller: Caller, id: string): Promise<Workspace> {
  return app.work(caller, (w) => requireWorkspace(w, id));
}

/** A numbered page of workspaces, newest first, with the exact total. */
export async function listWorkspaces(
  app: App,
  caller: Caller,
  request: PageRequest & { slug?: string },
): Promise<Page<Workspace>> {
  const limit = Math.min(request.limit, MAX_PAGE_SIZE);
  const offset = Math.min((request.page - 1) * limit, 2 ** 40);
  return app.work(caller, (w) =>
    w
      .defer<Workspace & { total: number }>(workspacesPage(request.slug, limit, offset))
      .map(({ rows }) => ({
        total: rows[0]?.total ?? 0,
        rows: rows.filter((r) => r.id !== null),
      })),
  );
}

/** Removes a throw-away workspace with everything in it; any other is left alone. */
export async function purgeWorkspace(app: App, caller: Caller, id: string): Promise<void> {
  await app.work(caller, (w) => w.defer(purge(id)));
  forgetWorkspace(id);
}
