import { writeMoney } from '../../../kernel/money.ts';
import type { Merged, Preview } from '../../../modules/merge/index.ts';

type Balance = Preview['balances'][number];

/** What a merge moved (billing.md C8). */
export const mergeWire = ({ counts, ...merged }: Merged) => ({
  id: merged.id,
  source_customer_id: merged.source_customer_id,
  target_customer_id: merged.target_customer_id,
  ...counts,
});

function balanceWire({ currency, source, target, result }: Balance) {
  const money = (units: bigint) => ({ value: writeMoney(units, currency), currency });
  const side = ({ cash, promotional, held }: Balance['result']) => ({
    cash: money(cash),
    promotional: money(promotional),
    held: money(held),
  });
  return {
    currency,
    source: source === null ? null : side(source),
    target: target === null ? null : side(target),
    result: side(result),
  };
}

/** What a merge would do. */
export const previewWire = ({ counts, balances, ...preview }: Preview) => ({
  ...preview,
  ...counts,
  balances: balances.map(balanceWire),
});
