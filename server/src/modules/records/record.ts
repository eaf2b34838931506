import { canonicalJson } from '../../kernel/canonical.ts';
import type { Issue } from '../../kernel/errors.ts';
import { readMoney } from '../../kernel/money.ts';
import type { MetadataValue } from '../customers/index.ts';

export type RecordKind = 'invoice' | 'promotion_redemption' | 'price';

/** What another system holds about a customer. `amount` is in minor units of `currency`. */
export interface CustomerRecord {
  workspace_id: string;
  id: string;
  customer_id: string;
  kind: RecordKind;
  external_id: string;
  amount: bigint | null;
  currency: string | null;
  occurred_at: string;
  metadata: Record<string, MetadataValue>;
  created_at: string;
  modified_at: string | null;
}

/** A record as it is sent: what is absent stays as it is, or gets its default. */
export interface RecordInput {
  kind: RecordKind;
  external_id: string;
  /** A decimal, its currency after a space where one was named with it. */
  amount?: string | null;
  currency?: string | null;
  occurred_at?: string | null;
  metadata?: Record<string, MetadataValue>;
}

const issue = (field: string, type: string, message: string, input: unknown): Issue => ({
  in: 'body',
  path: [field],
  type,
  message,
  input,
});

/** Amount and currency after what was sent; an amount without a currency is of the customer's. */
function money(
  before: Pick<CustomerRecord, 'amount' | 'currency'>,
  input: RecordInput,
  currency: string,
): { amount: bigint | null; currency: string | null } | Issue {
  if (input.amount == null) {
    const amount = input.amount === null ? null : before.amount;
    const wanted = input.currency === undefined ? before.currency : input.currency;
    return amount !== null && wanted !== before.currency
      ? issue('amount', 'missing', 'Another currency needs its amount', null)
      : { amount, currency: wanted };
  }
  const [text = '', named] = input.amount.split(' ');
  const code = input.currency ?? named ?? before.currency ?? currency;
  if (named !== undefined && named !== code) {
    return issue('currency', 'value_error', 'Is not the currency of the amount', input.currency);
  }
  const amount = readMoney(text, code);
  if (typeof amount === 'bigint') return { amount, currency: code };
  const message =
    amount === 'digits' ? `${code} does not have so many digits` : 'Is not an amount that is kept';
  return issue('amount', 'decimal_parsing', message, input.amount);
}

/** A record after what was sent, or the issue with it. `currency`: that of its customer. */
export function settled(before: CustomerRecord, input: RecordInput, currency: string) {
  const amounts = money(before, input, currency);
  if ('path' in amounts) return amounts;
  return {
    ...before,
    ...amounts,
    occurred_at: input.occurred_at ?? before.occurred_at,
    metadata: input.metadata ?? before.metadata,
  };
}

/** What of a record is told to others: no metadata, since people keep personal data there. */
export const shown = (r: CustomerRecord) => ({
  kind: r.kind,
  external_id: r.external_id,
  amount: r.amount?.toString() ?? null,
  currency: r.currency,
  occurred_at: r.occurred_at,
});

const facts = (r: CustomerRecord) => canonicalJson({ ...shown(r), metadata: r.metadata });

/** Whether two states of a record say the same. */
export const sameRecord = (a: CustomerRecord, b: CustomerRecord) => facts(a) === facts(b);

/** A row of the database as a record; amounts come as text (threats.md T31). */
export function readRecord(row: unknown): CustomerRecord {
  const record = row as CustomerRecord & { amount: string | null };
  return { ...record, amount: record.amount === null ? null : BigInt(record.amount) };
}
