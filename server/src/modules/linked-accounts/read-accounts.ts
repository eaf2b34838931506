import type { Later } from '../../db/later.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { PlatformName } from '../../kernel/platforms.ts';
import { subjectOf } from '../portal-sessions/index.ts';
import { accountsOf } from './linked-accounts.store.ts';

/** A linked account, without what the platform gave to act for it. */
export interface LinkedAccount {
  platform: PlatformName;
  account_id: string;
  account_username: string | null;
}

/** The accounts a portal session sees: the customer's, and in a member's session the member's. */
export function readAccounts(w: Work, caller: Caller): Later<LinkedAccount[]> {
  const { customerId, memberId } = subjectOf(caller);
  return w
    .defer<LinkedAccount>(accountsOf(caller.workspaceId, customerId, memberId))
    .map(({ rows }) => rows);
}
