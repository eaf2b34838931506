import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { amountOf } from './amounts.ts';
import { insufficient, lockCurrency, type Moved, move } from './move-money.ts';
import { type Hold, readHold } from './wallet.ts';
import { capture, hold, insertHold, lockHold, release, settleHold } from './wallets.store.ts';

/** A movement of a hold, with the hold after it. */
export type MovedHold = Moved & { hold: Hold };

/** Keeps money of a wallet ready. Errors: 400, 404, 422 for more than there is. */
export function holdMoney(
  app: App,
  caller: Caller,
  walletId: string,
  input: { amount: string; expires_at?: string | null; reference?: string | null },
): Promise<MovedHold> {
  const { expires_at = null, reference = null } = input;
  if (expires_at !== null && Date.parse(expires_at) <= Date.now()) {
    throw invalid([
      {
        in: 'body',
        path: ['expires_at'],
        type: 'value_error',
        message: 'Must be in the future',
        input: expires_at,
      },
    ]);
  }
  return app.work(caller, async (w) => {
    const currency = (await lockCurrency(w, caller, [walletId])).get(walletId) as string;
    const amount = amountOf('amount', input.amount, currency);
    const made: Hold = {
      id: newId(),
      wallet_id: walletId,
      amount,
      captured: null,
      status: 'PENDING',
      reference,
      expires_at,
      created_at: new Date().toISOString(),
    };
    const moved = await move(
      w,
      caller,
      walletId,
      hold,
      amount,
      { relatedId: made.id, reference },
      insufficient,
    );
    w.defer(
      insertHold(
        caller.workspaceId,
        made.id,
        walletId,
        amount.toString(),
        reference,
        made.created_at,
        expires_at,
      ),
    );
    return { ...moved, hold: made };
  });
}

/** A pending hold, locked after its wallet. Errors: 404; 409 for one that is settled or overdue. */
async function lockPending(
  w: Work,
  caller: Caller,
  walletId: string,
  holdId: string,
  overdueIsFine = false,
): Promise<{ pending: Hold; currency: string }> {
  const currency = (await lockCurrency(w, caller, [walletId])).get(walletId) as string;
  const { rows } = await w.run<{ overdue: boolean | null }>(
    lockHold(caller.workspaceId, walletId, holdId),
  );
  if (rows[0] === undefined) throw notFound('No such hold', { type: 'hold', id: holdId });
  const pending = readHold(rows[0]);
  const over = rows[0].overdue === true && !overdueIsFine;
  if (pending.status !== 'PENDING' || over) {
    throw new DomainError(
      'INVALID_STATE_TRANSITION',
      'conflict',
      `The hold is ${over ? 'EXPIRED' : pending.status}`,
      { members: { entity_type: 'hold', entity_id: holdId } },
    );
  }
  return { pending, currency };
}

function settle(w: Work, caller: Caller, before: Hold, after: Pick<Hold, 'status' | 'captured'>) {
  w.defer(
    settleHold(
      caller.workspaceId,
      before.id,
      after.status,
      after.captured?.toString() ?? null,
      new Date().toISOString(),
    ),
  );
  return { ...before, ...after };
}

/**
 * Spends what a hold keeps ready, all of it unless told otherwise; the rest is free again.
 * Errors: 400, 404, 409 for a hold that is settled, 422 for more than it keeps.
 */
export function captureHold(
  app: App,
  caller: Caller,
  ids: { id: string; hold_id: string },
  input: { amount?: string },
): Promise<MovedHold> {
  return app.work(caller, async (w) => {
    const { pending, currency } = await lockPending(w, caller, ids.id, ids.hold_id);
    const amount =
      input.amount === undefined ? pending.amount : amountOf('amount', input.amount, currency);
    if (amount > pending.amount) {
      throw new DomainError('HOLD_EXCEEDED', 'rule', 'More than the hold keeps ready', {
        members: { entity_type: 'hold', entity_id: pending.id },
      });
    }
    const moved = await move(
      w,
      caller,
      ids.id,
      capture,
      amount,
      { relatedId: pending.id, more: [pending.amount.toString()] },
      insufficient,
    );
    return {
      ...moved,
      hold: settle(w, caller, pending, { status: 'CAPTURED', captured: amount }),
    };
  });
}

/** Lets go of what a hold keeps ready. Errors: 404, 409 for a hold that is settled. */
export function releaseHold(
  app: App,
  caller: Caller,
  ids: { id: string; hold_id: string },
  as: 'RELEASED' | 'EXPIRED' = 'RELEASED',
): Promise<MovedHold> {
  return app.work(caller, async (w) => {
    const { pending } = await lockPending(w, caller, ids.id, ids.hold_id, as === 'EXPIRED');
    const moved = await move(
      w,
      caller,
      ids.id,
      release,
      pending.amount,
      { relatedId: pending.id },
      insufficient,
    );
    return { ...moved, hold: settle(w, caller, pending, { status: as, captured: null }) };
  });
}
