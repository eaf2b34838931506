import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type Customer, lockCustomer } from '../customers/index.ts';
import { readOverrides, readSettings, settingDefault } from '../settings/index.ts';
import { eligible, SWITCHES } from './eligibility.ts';
import { intervalOf } from './intervals.ts';
import { outdated, unplanned } from './vat.store.ts';
import { CHECK_VAT, moveTo, planCheck } from './vat-status.ts';

const AT_ONCE = 200;
const INTERVAL = 'verification.vat.recheck_interval';

interface Found {
  workspace_id: string;
  id: string;
  revision: number;
}

/** Customers whose last word is too old, by the settings of their workspaces. */
async function findOutdated(app: App, job: Caller): Promise<Found[]> {
  return app.work({ ...job }, async (w) => {
    const set = await readOverrides(w, [INTERVAL, ...SWITCHES]);
    const own = set
      .filter((s) => s.key === INTERVAL)
      .map((s) => ({ workspace_id: s.workspace_id, ms: intervalOf(s.value) }));
    const off = set
      .filter((s) => s.key !== INTERVAL && s.value === 'false')
      .map((s) => s.workspace_id);
    const byDefault = intervalOf(settingDefault(INTERVAL));
    return (await w.run<Found>(outdated(byDefault, JSON.stringify(own), off, AT_ONCE))).rows;
  });
}

/** Does something with a customer, locked, unless it is gone or has changed since it was found. */
async function inside(
  app: App,
  job: Caller,
  { workspace_id, id, revision }: Found,
  act: (w: Work, caller: Caller, customer: Customer) => Promise<void> | void,
): Promise<void> {
  const caller: Caller = { ...job, entry: { as: 'workspace' }, workspaceId: workspace_id };
  try {
    await app.work(caller, async (w) => {
      const customer = await lockCustomer(w, caller, { id });
      if (customer.revision === revision) await act(w, caller, customer);
    });
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'not_found') throw error;
  }
}

/**
 * Has numbers checked again whose last word is too old, and numbers that wait without a plan
 * (billing.md C5); a periodic job. An override ends even where nothing may be checked. In: a caller
 * of the relay.
 */
export async function recheckVat(app: App, job: Caller): Promise<void> {
  for (const found of await findOutdated(app, job)) {
    await inside(app, job, found, async (w, caller, customer) => {
      const checked = eligible(customer, await readSettings(w, caller));
      moveTo(w, caller, customer, checked ? 'PENDING' : 'UNVALIDATED');
      if (checked) planCheck(w, caller, { customerId: customer.id, type: 'recheck', outages: 0 });
    });
  }
  const { rows } = await app.work({ ...job }, (w) => w.defer<Found>(unplanned(CHECK_VAT, AT_ONCE)));
  for (const found of rows) {
    await inside(app, job, found, (w, caller, customer) => {
      planCheck(w, caller, { customerId: customer.id, type: 'automatic', outages: 0 });
    });
  }
}
