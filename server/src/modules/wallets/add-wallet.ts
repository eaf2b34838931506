import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, DomainError, invalid } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { lockForBilling } from '../billing/index.ts';
import { optionalAmountOf } from './amounts.ts';
import { requireWallet } from './read-wallets.ts';
import type { Wallet } from './wallet.ts';
import { insertWallet } from './wallets.store.ts';

/** What a further wallet is made with. */
export interface AddWallet {
  customer_id: string;
  currency: string;
  credit_limit?: string | null;
  max_balance?: string | null;
  max_single_credit?: string | null;
  low_balance_threshold?: string | null;
  auto_topup_enabled?: boolean;
  auto_topup_amount?: string | null;
}

/**
 * Adds a wallet of another currency to a customer (billing.md C7). Errors: 400, 404; 409 where the
 * customer has one of this currency; 422 for filling up without an amount and a threshold.
 */
export function addWallet(app: App, caller: Caller, input: AddWallet): Promise<Wallet> {
  const { currency } = input;
  const amount = (field: keyof AddWallet) =>
    optionalAmountOf(field, input[field] as string | null | undefined, currency)?.toString() ??
    null;
  return app.work(
    caller,
    async (w) => {
      const customer = await lockForBilling(w, caller, input.customer_id);
      if (
        input.auto_topup_enabled === true &&
        (input.auto_topup_amount == null || input.low_balance_threshold == null)
      ) {
        throw invalid([
          bodyIssue(
            ['auto_topup_amount'],
            'Filling up automatically needs an amount and a threshold',
          ),
        ]);
      }
      const id = newId();
      w.defer(
        insertWallet(
          caller.workspaceId,
          id,
          customer.id,
          currency,
          amount('credit_limit'),
          amount('max_balance'),
          amount('max_single_credit'),
          amount('low_balance_threshold'),
          input.auto_topup_enabled ?? false,
          amount('auto_topup_amount'),
          new Date().toISOString(),
        ),
      );
      w.record({
        entity: 'wallet',
        entityId: id,
        customerId: customer.id,
        before: null,
        after: { currency },
        personal: [],
        event: { type: 'wallet.created', data: { id, customer_id: customer.id, currency } },
      });
      return requireWallet(w, caller, id);
    },
    {
      explain: async (constraint) =>
        constraint === 'wallets_currency_key'
          ? new DomainError(
              'CONFLICT',
              'conflict',
              `The customer has a wallet of ${currency} already`,
              { members: { entity_type: 'wallet' } },
            )
          : undefined,
    },
  );
}
