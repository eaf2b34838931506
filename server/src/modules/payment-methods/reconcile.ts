import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { carryOutLater } from './carry-out.ts';
import { claimDue } from './intents.store.ts';
import { forgetEvents } from './payment-methods.store.ts';

const AT_ONCE = 10;

/**
 * Looks after every intent that its own request did not settle: asks the processor what became of
 * it, or asks again, and records what comes. Safe to run twice and beside requests. Out: how many
 * were taken up.
 */
export async function reconcilePayments(app: App, relay: Caller): Promise<number> {
  const { serving, sandbox } = app.payments;
  let taken = 0;
  const failures: unknown[] = [];
  for (;;) {
    const { rows } = await app.work({ ...relay }, (w) => {
      w.defer(forgetEvents());
      return w.defer<{ workspace_id: string; id: string }>(
        claimDue([serving.name, sandbox.name], AT_ONCE),
      );
    });
    taken += rows.length;
    const ends = await Promise.allSettled(
      rows.map(({ workspace_id, id }) =>
        carryOutLater(app, { ...relay, entry: { as: 'workspace' }, workspaceId: workspace_id }, id),
      ),
    );
    // One that fails for another reason than a silent processor holds up none of the others.
    for (const end of ends) if (end.status === 'rejected') failures.push(end.reason);
    if (rows.length < AT_ONCE) break;
  }
  if (failures.length > 0) throw failures[0];
  return taken;
}
