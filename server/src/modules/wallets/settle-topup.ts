import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import { type TopUp, topUpIfDue } from './topup.ts';
import { pauseTopUps, settleTopUp } from './topups.store.ts';
import { readWalletAfter } from './wallet.ts';
import { topUp, walletAfter } from './wallets.store.ts';

/** How long a wallet is not filled up after a charge that could not be made, in milliseconds. */
const WINDOW_MS = 24 * 3_600_000;

interface Settled {
  status: 'succeeded' | 'failed';
  ref?: string | null;
  reason?: string | null;
  entryId?: string;
}

function settle(w: Work, t: TopUp, to: Settled): void {
  const { status, ref = null, reason = null, entryId = null } = to;
  w.defer(settleTopUp(t.workspace_id, t.id, status, ref, reason, entryId));
}

function note(w: Work, t: TopUp, event: string, status: Settled['status'], more: object): void {
  const after = {
    ...{ wallet_id: t.wallet_id, currency: t.currency, amount: t.amount.toString() },
    ...more,
  };
  w.record({
    entity: 'wallet_topup',
    entityId: t.id,
    customerId: t.customer_id,
    before: { status: 'pending' },
    after: { status, ...after },
    personal: [],
    event: {
      type: `wallet.${event}`,
      data: { id: t.id, customer_id: t.customer_id, ...after },
    },
  });
}

/** Ends a top-up that nobody needs, before anything was asked of the processor. */
export function dropTopUp(w: Work, t: TopUp, reason: string): undefined {
  settle(w, t, { status: 'failed', reason });
}

/** Ends a top-up that came to nothing: told once, and no other follows until the window ends. */
export function stopTopUps(
  w: Work,
  t: TopUp,
  reason: string | null,
  ref: string | null = null,
): undefined {
  const until = new Date(Date.now() + WINDOW_MS).toISOString();
  settle(w, t, { status: 'failed', ref, reason });
  w.defer(pauseTopUps(t.workspace_id, t.wallet_id, until));
  note(w, t, 'topup_stopped', 'failed', { reason, paused_until: until });
}

/**
 * Puts a charge into its wallet, whatever became of the customer, since the money was taken; and
 * asks for the next where more was spent meanwhile. Into a closed wallet nothing goes: the charge
 * then stands without an entry, and says why (decision 16).
 */
export async function putIn(w: Work, job: Caller, t: TopUp, ref: string | null): Promise<void> {
  const id = newId();
  const at = new Date().toISOString();
  const { rowCount } = await w.run(
    topUp(t.workspace_id, t.wallet_id, t.amount.toString(), id, at, t.id, null, null),
  );
  if (rowCount === 0) {
    const reason = 'The wallet was closed after the charge';
    settle(w, t, { status: 'succeeded', ref, reason });
    note(w, t, 'topup_stopped', 'succeeded', { reason, paused_until: null });
    return;
  }
  settle(w, t, { status: 'succeeded', ref, entryId: id });
  note(w, t, 'topup_succeeded', 'succeeded', { entry_id: id });
  const { rows } = await w.run(walletAfter(job.workspaceId, t.wallet_id));
  if (rows[0] === undefined) return;
  const after = readWalletAfter(rows[0]);
  topUpIfDue(w, after, after.topup_due);
}
