import { statement } from '../../db/drivers/statement.ts';
import { LIVE } from './wallets.store.ts';

export const insertTopUp = statement(
  'wallet_topups.insert',
  `insert into wallet_topups (workspace_id, id, wallet_id, customer_id, amount)
   values ($1, $2, $3, $4, $5) on conflict do nothing`,
);
/** Locks the wallet of a top-up, which every movement of its money locks first. */
export const lockWalletOfTopUp = statement(
  'wallet_topups.lock_wallet',
  `select w.id from wallets w
   where w.workspace_id = $1
     and w.id = (select t.wallet_id from wallet_topups t where t.workspace_id = $1 and t.id = $2)
   for update`,
);
/** A pending top-up, locked after its wallet, and how the wallet stands. */
export const lockTopUp = statement(
  'wallet_topups.lock',
  `select t.workspace_id, t.id, t.wallet_id, t.customer_id, t.amount::text, t.processor,
     t.payer_ref, t.method_ref, t.attempts, t.rounds, t.created_at,
     w.currency, w.cash::text, (w.cash + ${LIVE})::text as balance, w.max_balance::text,
     w.max_single_credit::text, w.low_balance_threshold::text, w.auto_topup_amount::text,
     w.auto_topup_enabled and c.deleted_at is null and w.closed_at is null as wanted
   from wallet_topups t
   join wallets w on w.workspace_id = t.workspace_id and w.id = t.wallet_id
   join customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
   where t.workspace_id = $1 and t.id = $2 and t.status = 'pending' for update of t`,
);
/** Writes what the processor is about to be asked. */
export const askTopUp = statement(
  'wallet_topups.ask',
  `update wallet_topups set attempts = attempts + 1, amount = $3, processor = $4, payer_ref = $5,
     method_ref = $6
   where workspace_id = $1 and id = $2`,
);
export const renewTopUp = statement(
  'wallet_topups.renew',
  'update wallet_topups set rounds = rounds + 1 where workspace_id = $1 and id = $2',
);
export const settleTopUp = statement(
  'wallet_topups.settle',
  `update wallet_topups set status = $3, processor_ref = $4, reason = $5, entry_id = $6,
     settled_at = now()
   where workspace_id = $1 and id = $2`,
);
export const pauseTopUps = statement(
  'wallet_topups.pause',
  'update wallets set auto_topup_paused_until = $3 where workspace_id = $1 and id = $2',
);
