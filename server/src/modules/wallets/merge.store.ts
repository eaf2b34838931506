import { statement } from '../../db/drivers/statement.ts';
import { movement } from './wallets.store.ts';

/** The open wallets of customers, locked in the order of their ids. */
export const lockWalletsOf = statement(
  'wallets.lock_of_customers',
  `select w.id, w.customer_id, w.currency, w.is_primary, w.cash::text, w.promotional::text,
     w.promotional_expires_at, w.held::text, w.credit_limit::text,
     w.promotional > 0 and w.promotional_expires_at <= now() as overdue
   from wallets w
   where w.workspace_id = $1 and w.customer_id = any($2::uuid[]) and w.closed_at is null
   order by w.id for update`,
);
/** Gives an open wallet to another customer. */
export const giveWallet = statement(
  'wallets.give',
  `update wallets set customer_id = $3, is_primary = $4, modified_at = $5
   where workspace_id = $1 and id = $2`,
);
export const closeWallet = statement(
  'wallets.close',
  `update wallets set closed_at = $3, is_primary = false, modified_at = $3
   where workspace_id = $1 and id = $2`,
);
export const reopenWallet = statement(
  'wallets.reopen',
  `update wallets set closed_at = null, is_primary = $3, modified_at = $4
   where workspace_id = $1 and id = $2 and customer_id = $5`,
);
/** A wallet of the same currency and limits for another customer, without money. */
export const likeWallet = statement(
  'wallets.like',
  `insert into wallets (workspace_id, id, customer_id, currency, is_primary, credit_limit,
     max_balance, max_single_credit, low_balance_threshold, auto_topup_enabled, auto_topup_amount,
     created_at)
   select workspace_id, $3, $4, currency, false, credit_limit, max_balance, max_single_credit,
     low_balance_threshold, auto_topup_enabled, auto_topup_amount, $5
   from wallets where workspace_id = $1 and id = $2`,
);
export const pendingHolds = statement(
  'wallets.pending_holds',
  `select wallet_id, id, amount::text from wallet_holds
   where workspace_id = $1 and wallet_id = any($2::uuid[]) and status = 'PENDING'
   order by created_at, id`,
);
export const giveHolds = statement(
  'wallets.give_holds',
  'update wallet_holds set wallet_id = $3 where workspace_id = $1 and id = any($2::uuid[])',
);

const folded = {
  counter: 'merge',
  guard: 'true',
  also: 'promotional_expires_at = $11::timestamptz',
};
/** Money that leaves a wallet: `$3` cash, `$9` promotional, `$10` held; `$11` its end after that. */
export const mergeOut = movement('merge_out', {
  ...folded,
  kind: 'merge_out',
  cash: '-($3::bigint)',
  promotional: '-($9::bigint)',
  held: '-($10::bigint)',
});
/** The same money where it arrives. */
export const mergeIn = movement('merge_in', {
  ...folded,
  kind: 'merge_in',
  cash: '$3::bigint',
  promotional: '$9::bigint',
  held: '$10::bigint',
});
