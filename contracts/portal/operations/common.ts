import type { Access } from '../../lib/operation.ts';

/** Any portal session (§2.2, union read). */
export const anyone: Access = {
  by: 'session',
  roles: ['customer', 'owner', 'billing_manager', 'member'],
};
/** The customer itself and whoever looks after its bills. */
export const billing: Access = {
  by: 'session',
  roles: ['customer', 'owner', 'billing_manager'],
};
/** Members who look after the team; a session of the customer itself is not a member's. */
export const team: Access = { by: 'session', roles: ['owner', 'billing_manager'] };
/** Everyone, without a session. */
export const everyone: Access = { by: 'nobody' };
