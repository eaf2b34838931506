import type { Keys } from '../../kernel/secrets.ts';

/** How long a session lasts, in minutes; it is never prolonged (workspace-and-portal.md §2.1). */
export const SESSION_MINUTES = 60;
/** How long a login code is good for, in minutes (README decision 8). */
export const CODE_MINUTES = 10;
/** How long the ticket of a portal link is good for, in minutes (README decision 23). */
export const TICKET_MINUTES = 15;

export const CUSTOMER_SESSION_PREFIX = 'clientele_cst_';
export const MEMBER_SESSION_PREFIX = 'clientele_mst_';
export const TICKET_PREFIX = 'clientele_pt_';

/** A portal session; its token is never read back. */
export interface PortalSession {
  workspace_id: string;
  id: string;
  customer_id: string;
  member_id: string | null;
  return_url: string | null;
  created_at: string;
  expires_at: string;
}

/** RFC 3339, so many minutes from now. */
export const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** By what an inbox is known where its address must not be kept. */
export const emailDigest = (keys: Keys, email: string): Buffer =>
  keys.requestDigest('portal-email\n', email.trim().toLowerCase());
