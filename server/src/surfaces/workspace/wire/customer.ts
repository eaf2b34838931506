import { createHash } from 'node:crypto';
import { addressWire } from '../../../http/address-wire.ts';
import type { Reply } from '../../../http/route.ts';
import {
  type Customer,
  type CustomerWithMembers,
  entityTag,
} from '../../../modules/customers/index.ts';
import type { Member } from '../../../modules/members/index.ts';
import type { CustomerState } from '../../../modules/meters/index.ts';

/** The picture an address is known by (§5.3); a record without one has an address nobody has. */
function avatarUrl(c: Customer): string {
  const hash = createHash('sha256')
    .update((c.email ?? c.id).toLowerCase())
    .digest('hex');
  return `https://www.gravatar.com/avatar/${hash}?d=404`;
}

/** A customer as the workspace surface shows it (§5.3). */
export function customerWire(c: Customer) {
  return {
    id: c.id,
    created_at: c.created_at,
    modified_at: c.modified_at,
    metadata: c.metadata,
    external_id: c.external_id,
    email: c.email,
    email_verified: c.email_verified,
    type: c.type,
    name: c.name,
    billing_address: addressWire(c.billing_address),
    workspace_id: c.workspace_id,
    deleted_at: c.deleted_at,
    avatar_url: avatarUrl(c),
  };
}

/** A member as the workspace surface shows it (§5.4). */
export function memberWire(m: Member) {
  return {
    id: m.id,
    created_at: m.created_at,
    modified_at: m.modified_at,
    customer_id: m.customer_id,
    email: m.email,
    name: m.name,
    external_id: m.external_id,
    role: m.role,
  };
}

/** One customer with its members; `include_members=false` leaves them out (README decision 1). */
export function customerReply(c: CustomerWithMembers, includeMembers: boolean) {
  return {
    body: { ...customerWire(c), members: includeMembers ? c.members.map(memberWire) : [] },
    tag: entityTag(c),
  };
}

/** A customer's state. Its tag covers the meters, which move without the customer. */
export function stateReply(state: CustomerState) {
  const body = { ...customerWire(state), active_meters: state.active_meters };
  const tag = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22);
  return { body, tag } satisfies Reply<unknown>;
}
