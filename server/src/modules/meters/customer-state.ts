import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';
import { type Customer, type CustomerKey, readCustomer } from '../customers/index.ts';
import type { CustomerMeter } from './meter.ts';
import { customerMeters } from './meters.store.ts';

/** A customer with its active meters (README decision 3). */
export interface CustomerState extends Customer {
  active_meters: CustomerMeter[];
}

/** The state of a customer, computed from its events at this moment. Errors: 404. */
export async function getCustomerState(
  app: App,
  caller: Caller,
  key: CustomerKey,
): Promise<CustomerState> {
  return app.work(
    caller,
    async (w) => {
      const customer = await w.now(readCustomer(w, caller, key));
      return w
        .defer<CustomerMeter>(customerMeters(caller.workspaceId, customer.id, null))
        .map((meters) => ({ ...customer, active_meters: meters.rows }));
    },
    { lane: 'slow' },
  );
}
