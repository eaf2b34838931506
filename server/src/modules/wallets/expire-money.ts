import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { releaseHold } from './holds.ts';
import { expireNow } from './move-money.ts';
import { dueHolds, duePromotions } from './wallets.store.ts';

const AT_ONCE = 200;

const inside = (job: Caller, workspaceId: string): Caller => ({
  ...job,
  entry: { as: 'workspace' },
  workspaceId,
});

/** Ends promotional money and holds whose time is up; a periodic job. In: a caller of the relay. */
export async function expireMoney(app: App, job: Caller): Promise<void> {
  const [promotions, holds] = await app.work({ ...job }, async (w) => [
    (await w.run<{ workspace_id: string; id: string }>(duePromotions(AT_ONCE))).rows,
    (await w.run<{ workspace_id: string; wallet_id: string; id: string }>(dueHolds(AT_ONCE))).rows,
  ]);
  for (const { workspace_id, id } of promotions as { workspace_id: string; id: string }[]) {
    const caller = inside(job, workspace_id);
    await app.work(caller, (w) => expireNow(w, caller, id));
  }
  for (const due of holds as { workspace_id: string; wallet_id: string; id: string }[]) {
    const ids = { id: due.wallet_id, hold_id: due.id };
    try {
      await releaseHold(app, inside(job, due.workspace_id), ids, 'EXPIRED');
    } catch (error) {
      // It was settled meanwhile, or its customer is gone.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
