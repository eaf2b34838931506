import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { forgetWorkspace } from '../credentials/index.ts';
import { explainSlug, PERSONAL, shown } from './changes.ts';
import type { Workspace } from './workspace.ts';
import { lockWorkspace, suspendCredentials, updateWorkspace } from './workspaces.store.ts';

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
      w.defer(
        updateWorkspace(
          id,
          next.slug,
          next.name,
          next.blocked_at,
          next.deleted_at,
          at,
          next.avatar_url,
          next.email,
          next.website,
          next.customer_portal_settings,
        ),
      );
      const closed = next.blocked_at !== null || next.deleted_at !== null;
      w.defer(suspendCredentials(id, closed));
      w.record({
        entity: 'workspace',
        entityId: id,
        customerId: null,
        workspaceId: id,
        before: shown(before),
        after: shown(next),
        personal: PERSONAL,
      });
      return next;
    },
    { explain: async (constraint) => explainSlug(slug)(constraint) },
  );
  forgetWorkspace(id);
  return after;
}

/** Only what the contract knows of the settings; other fields of the body are ignored. */
const settings = (given: WorkspacePatch['customer_portal_settings']) =>
  given === undefined ? undefined : { usage: { show: given.usage.show } };

/** What of a workspace may be changed; what is absent stays. */
export interface WorkspacePatch {
  name?: string;
  slug?: string;
  blocked?: boolean;
  avatar_url?: string | null;
  email?: string | null;
  website?: string | null;
  customer_portal_settings?: Workspace['customer_portal_settings'];
}

/**
 * Renames, blocks or unblocks a workspace, or changes what its page shows; blocking ends all
 * access at once. Errors: 404, 422.
 */
export function patchWorkspace(
  app: App,
  caller: Caller,
  id: string,
  patch: WorkspacePatch,
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
    avatar_url: patch.avatar_url === undefined ? before.avatar_url : patch.avatar_url,
    email: patch.email === undefined ? before.email : patch.email,
    website: patch.website === undefined ? before.website : patch.website,
    customer_portal_settings:
      settings(patch.customer_portal_settings) ?? before.customer_portal_settings,
  }));
}

/** Deletes a workspace: its slug is free again and every credential of it ends. Errors: 404. */
export async function deleteWorkspace(app: App, caller: Caller, id: string): Promise<void> {
  await change(app, caller, id, (before, at) => ({ ...before, deleted_at: at }));
}
