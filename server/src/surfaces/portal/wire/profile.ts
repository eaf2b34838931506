import { addressWire } from '../../../http/address-wire.ts';
import { entityTag } from '../../../modules/customers/index.ts';
import type { Member } from '../../../modules/members/index.ts';
import type { Profile } from '../../../modules/profile/index.ts';

/** A customer as it sees itself (§5.8 CustomerPortalCustomer). */
function profileWire(c: Profile) {
  return {
    id: c.id,
    created_at: c.created_at,
    modified_at: c.modified_at,
    email: c.email,
    email_verified: c.email_verified,
    name: c.name,
    billing_name: c.billing_name ?? c.name,
    billing_address: addressWire(c.billing_address),
    oauth_accounts: c.accounts,
    type: c.type,
  };
}

/** The own profile with its tag (README decision 35). */
export const profileReply = (profile: Profile) => ({
  body: profileWire(profile),
  tag: entityTag(profile),
});

/** A member as its team sees it (§5.8 CustomerPortalMember). */
export function teammateWire(m: Member) {
  return {
    id: m.id,
    created_at: m.created_at,
    modified_at: m.modified_at,
    email: m.email,
    name: m.name,
    role: m.role,
  };
}
