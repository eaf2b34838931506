import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import { forgetWorkspace } from '../credentials/index.ts';
import type { Workspace } from './workspace.ts';
import {
  insertWorkspace,
  lockWorkspace,
  purge,
  suspendCredentials,
  updateWorkspace,
  workspaceById,
  workspacesPage,
} from './workspaces.store.ts';

const explainSlug = (slug: string) => async (constraint: string) =>
  constraint === 'workspaces_slug_key'
    ? invalid([bodyIssue(['slug'], 'A workspace with this slug already exists', slug)])
    : undefined;

const shown = (w: Workspace) => ({
  slug: w.slug,
  name: w.name,
  blocked: w.blocked_at !== null,
  deleted: w.deleted_at !== null,
});

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
        personal: [],
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

async function change(
  app: App,
  caller: Caller,
  id: string,
  apply: (before: Workspace, at: string) => Workspace,
): Promise<Workspace> {
  let slug = '';
  const after = await app.work(
    caller,
    async (w) => {
      const before = (await w.run<Workspace>(lockWorkspace(id))).rows[0];
      if (before === undefined) throw notFound();
      const at = new Date().toISOString();
      const next = { ...apply(before, at), modified_at: at };
      slug = next.slug;
      w.defer(updateWorkspace(id, next.slug, next.name, next.blocked_at, next.deleted_at, at));
      const closed = next.blocked_at !== null || next.deleted_at !== null;
      w.defer(suspendCredentials(id, closed));
      w.record({
        entity: 'workspace',
        entityId: id,
        customerId: null,
        workspaceId: id,
        before: shown(before),
        after: shown(next),
        personal: [],
      });
      return next;
    },
    { explain: async (constraint) => explainSlug(slug)(constraint) },
  );
  forgetWorkspace(id);
  return after;
}

/** Renames, blocks or unblocks a workspace; blocking ends all access at once. Errors: 404, 422. */
export function patchWorkspace(
  app: App,
  caller: Caller,
  id: string,
  patch: { name?: string; slug?: string; blocked?: boolean },
): Promise<Workspace> {
  return change(app, caller, id, (before, at) => ({
    ...before,
    name: patch.name ?? before.name,
    slug: patch.slug?.toLowerCase() ?? before.slug,
    blocked_at:
      patch.blocked === undefined
        ? before.blocked_at
        : patch.blocked
          ? (before.blocked_at ?? at)
          : null,
  }));
}

/** Deletes a workspace: its slug is free again and every credential of it ends. Errors: 404. */
export async function deleteWorkspace(app: App, caller: Caller, id: string): Promise<void> {
  await change(app, caller, id, (before, at) => ({ ...before, deleted_at: at }));
}

/** Removes a throw-away workspace with everything in it; any other is left alone. */
export async function purgeWorkspace(app: App, caller: Caller, id: string): Promise<void> {
  await app.work(caller, (w) => w.defer(purge(id)));
  forgetWorkspace(id);
}
