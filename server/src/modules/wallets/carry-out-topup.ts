import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type ChargeOrder, chargeOnce, findChargeable } from '../payment-methods/index.ts';
import { dropTopUp, putIn, stopTopUps } from './settle-topup.ts';
import { gapOf, MOST, queueTopUp, type TopUp } from './topup.ts';
import { askTopUp, lockTopUp, lockWalletOfTopUp, renewTopUp } from './topups.store.ts';
import { readTopUp } from './wallet.ts';

/** How long until a charge that the processor works on is looked at again, in seconds. */
const SLOW_SECONDS = 3_600;
/** How long until a silent processor is asked again what became of an old charge, in seconds. */
const SILENT_SECONDS = 6 * 3_600;

/** The top-up while it is pending, locked after its wallet. */
async function lockPending(w: Work, job: Caller, id: string): Promise<TopUp | undefined> {
  w.defer(lockWalletOfTopUp(job.workspaceId, id));
  const { rows } = await w.run(lockTopUp(job.workspaceId, id));
  return rows[0] === undefined ? undefined : readTopUp<TopUp>(rows[0]);
}

/** Why the wallet may not take this amount. */
function limitOf(t: TopUp, amount: bigint): string | undefined {
  if (t.max_single_credit !== null && amount > t.max_single_credit) {
    return 'More than the wallet takes at once';
  }
  const most = t.max_balance ?? MOST;
  return t.balance + amount > most || t.cash + amount > MOST
    ? 'More than the wallet may hold'
    : undefined;
}

/** The first of three beats: says what is about to be asked. Out: undefined for nothing. */
async function plan(
  app: App,
  w: Work,
  job: Caller,
  id: string,
): Promise<(ChargeOrder & { currency: string }) | undefined> {
  const t = await lockPending(w, job, id);
  if (t === undefined) return undefined;
  const order = (
    from: Pick<ChargeOrder, 'processor' | 'customer' | 'method'>,
    amount: bigint,
  ): ChargeOrder => {
    const { processor, customer, method } = from;
    w.defer(askTopUp(t.workspace_id, id, amount.toString(), processor, customer, method));
    return {
      ...{ id, processor, customer, method, amount, currency: t.currency, round: t.rounds },
      ...{ workspaceId: t.workspace_id, customerId: t.customer_id, created_at: t.created_at },
      ...{ attempts: t.attempts + 1, wanted: t.wanted },
    };
  };
  if (t.processor !== null) {
    const [customer, method] = [t.payer_ref as string, t.method_ref as string];
    return order({ processor: t.processor, customer, method }, t.amount);
  }
  // The debits since then are part of the gap that one charge closes.
  const amount = t.wanted ? gapOf(t) : 0n;
  if (amount === 0n) return dropTopUp(w, t, 'It is not needed any more');
  const limit = limitOf(t, amount);
  if (limit !== undefined) return stopTopUps(w, t, limit);
  const from = await findChargeable(w, app, t.workspace_id, t.customer_id);
  if (from === undefined) return stopTopUps(w, t, 'There is no default payment method');
  return order(from, amount);
}

/**
 * Has the charge of a top-up made and puts it into the wallet, in three beats; run again, it goes
 * on where it was (threats.md T32, T34). Errors: 502 while the processor gives no answer.
 */
export async function carryOutTopUp(app: App, job: Caller, { id }: { id: string }): Promise<void> {
  const order = await app.work({ ...job }, (w) => plan(app, w, job, id));
  if (order === undefined) return;
  const outcome = await chargeOnce(app, order);
  await app.work({ ...job }, async (w) => {
    const t = await lockPending(w, job, id);
    if (t === undefined) return;
    if (outcome === 'later') queueTopUp(w, id, SILENT_SECONDS);
    else if (outcome === 'again') w.defer(renewTopUp(t.workspace_id, id));
    else if (outcome === 'none') stopTopUps(w, t, 'The payment processor gave no answer');
    else if (outcome.status === 'processing') queueTopUp(w, id, SLOW_SECONDS);
    else if (outcome.status === 'refused') stopTopUps(w, t, outcome.reason, outcome.id);
    else await putIn(w, job, t, outcome.id);
  });
  if (outcome === 'again') {
    throw new DomainError(
      'PaymentProviderUnavailable',
      'bad_gateway',
      'The payment processor failed; it is asked again later',
    );
  }
}
