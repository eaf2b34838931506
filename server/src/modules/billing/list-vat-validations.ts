import type { Caller } from '../../kernel/caller.ts';
import { notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type VatValidation, validationsPage } from '../vat/index.ts';
import { billingCustomerById } from './billing.store.ts';
import { type CursorPage, DEFAULT_LIMIT, pageOf, positionOf } from './read-billing.ts';

/**
 * A page of the evidence of a customer's number, newest first (contracts/README.md, "What feeds the
 * contracts"). In: `as_of`, to see what was known at that time. Errors: 400 for the cursor, 404.
 */
export async function listVatValidations(
  app: App,
  caller: Caller,
  id: string,
  request: { limit?: number; cursor?: string; as_of?: string },
): Promise<CursorPage<VatValidation>> {
  const { limit = DEFAULT_LIMIT, cursor, as_of = null } = request;
  const list = `vat ${id} ${as_of}`;
  const after = positionOf(app, caller, list, cursor) as [number] | undefined;
  const rows = await app.work(caller, async (w) => {
    const customer = w.defer(billingCustomerById(caller.workspaceId, id));
    const page = w.defer<VatValidation>(
      validationsPage(caller.workspaceId, id, as_of, after?.[0] ?? null, limit + 1),
    );
    const [found, evidence] = await w.now(customer.and(page));
    if (found.rows.length === 0) throw notFound('No such customer', { type: 'customer', id });
    return evidence.rows;
  });
  return pageOf(app, caller, list, rows, limit, (v) => [v.seq]);
}
