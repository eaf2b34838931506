import type { Caller } from '../../kernel/caller.ts';
import { DomainError, invalid } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { currencies, lockForBilling } from '../billing/index.ts';
import type { CustomerRecord, RecordInput } from './record.ts';
import { RecordBatch } from './record-batch.ts';

/**
 * Keeps a record of a customer, or changes the one it has of this kind and external id (README
 * decision 30). Out: it, and whether it is new. Errors: 400, 404; 409 for a merged customer, and
 * where another customer has it.
 */
export function writeRecord(
  app: App,
  caller: Caller,
  customerId: string,
  input: RecordInput,
): Promise<{ record: CustomerRecord; created: boolean }> {
  return app.work(caller, async (w) => {
    const customer = await lockForBilling(w, caller, customerId);
    const currency = (await currencies(w, caller))(customer.preferred_currency);
    const batch = await RecordBatch.open(w, caller, [input]);
    const step = batch.settle({ id: customer.id, currency }, input);
    if (step.does === 'failed') {
      if (step.heldBy === undefined) throw invalid([step.issue]);
      throw new DomainError('CONFLICT', 'conflict', step.issue.message, {
        members: { entity_type: 'record', entity_id: step.heldBy },
      });
    }
    await batch.write();
    return { record: step.record, created: step.does === 'created' };
  });
}
