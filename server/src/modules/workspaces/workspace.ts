/** A workspace: the company whose customers are kept (contracts/README.md, "One record"). */
export interface Workspace {
  id: string;
  slug: string;
  name: string;
  blocked_at: string | null;
  deleted_at: string | null;
  ephemeral: boolean;
  created_at: string;
  modified_at: string | null;
  avatar_url: string | null;
  email: string | null;
  website: string | null;
  customer_portal_settings: { usage: { show: boolean } };
  /** Listed customers, exact. */
  customers: number;
}
