import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { payerShown } from './payment-methods.store.ts';
import {
  type PayerDescription,
  type PaymentProvider,
  PaymentRefused,
  type ProcessorName,
} from './port.ts';

/** The kind of job that tells the processor how a customer is called and where it lives. */
export const DESCRIBE_PAYER = 'describe_payer';
/** A customer of whom nothing is said. */
export const NOBODY: PayerDescription = { email: null, name: null, address: null };

/** Asks that the processor be told of a customer that changed, in this transaction (§8.10). */
export function queueDescribePayer(w: Work, customerId: string): void {
  w.enqueue({ kind: DESCRIBE_PAYER, payload: { customer_id: customerId }, customerId });
}

interface Shown {
  processor: ProcessorName;
  processor_id: string;
  email: string | null;
  name: string | null;
  billing_name: string | null;
  billing_address: PayerDescription['address'];
}

/** A customer with a name of its own keeps it at the processor (§8.10). */
const descriptionOf = (shown: Shown): PayerDescription => ({
  email: shown.email,
  ...(shown.name === null ? { name: shown.billing_name } : {}),
  address: shown.billing_address,
});

async function tell(provider: PaymentProvider, shown: Shown): Promise<void> {
  try {
    await provider.describeCustomer(newId(), shown.processor_id, descriptionOf(shown));
  } catch (error) {
    // What it finds no good is not asked of it again.
    if (!(error instanceof PaymentRefused)) throw error;
  }
}

/** Tells the processors how a customer stands, and again if it changed meanwhile. */
export async function describePayer(
  app: App,
  job: Caller,
  { customer_id }: { customer_id: string },
): Promise<void> {
  const { serving, sandbox } = app.payments;
  const read = async () => {
    const { rows } = await app.work({ ...job }, (w) =>
      w.defer<Shown>(payerShown(job.workspaceId, customer_id, [serving.name, sandbox.name])),
    );
    return rows;
  };
  let before = '';
  for (let rows = await read(); JSON.stringify(rows) !== before; rows = await read()) {
    before = JSON.stringify(rows);
    for (const shown of rows) {
      const provider = shown.processor === serving.name ? serving : sandbox;
      await tell(provider, shown);
    }
  }
}
