import { bodyIssue, invalid } from '../../kernel/errors.ts';
import type { Workspace } from './workspace.ts';

/** What a broken constraint of `workspaces` means. */
export const explainSlug = (slug: string) => async (constraint: string) =>
  constraint === 'workspaces_slug_key'
    ? invalid([bodyIssue(['slug'], 'A workspace with this slug already exists', slug)])
    : undefined;

/** What the audit trail notes of a workspace. */
export const shown = (w: Workspace) => ({
  slug: w.slug,
  name: w.name,
  blocked: w.blocked_at !== null,
  deleted: w.deleted_at !== null,
  avatar_url: w.avatar_url,
  email: w.email,
  website: w.website,
  customer_portal_settings: w.customer_portal_settings,
});

/** Names of those fields that hold personal data. */
export const PERSONAL = ['email'];
