import { newId } from '../../kernel/ids.ts';

export type MemberRole = 'owner' | 'billing_manager' | 'member';

/** A person who acts for a customer (workspace-and-portal.md §5.4). */
export interface Member {
  workspace_id: string;
  id: string;
  customer_id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  email: string | null;
  name: string | null;
  external_id: string | null;
  role: MemberRole;
}

/** What a caller may say about the owner of a new customer (§5.5). */
export interface OwnerDraft {
  email?: string | null;
  name?: string | null;
  external_id?: string | null;
}

/** The owner of a new customer: each field from the draft, else from the customer itself. */
export function newOwner(
  customer: {
    workspace_id: string;
    id: string;
    created_at: string;
    email: string | null;
    name: string | null;
    external_id: string | null;
  },
  draft: OwnerDraft,
): Member {
  return {
    workspace_id: customer.workspace_id,
    id: newId(),
    customer_id: customer.id,
    created_at: customer.created_at,
    modified_at: null,
    deleted_at: null,
    email: draft.email ?? customer.email,
    name: draft.name ?? customer.name,
    external_id: draft.external_id ?? customer.external_id,
    role: 'owner',
  };
}
