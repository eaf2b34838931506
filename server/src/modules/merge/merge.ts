import type { Customer } from '../customers/index.ts';
import type { MergedBalance } from '../wallets/index.ts';

export const strategies = ['KEEP_TARGET', 'KEEP_SOURCE', 'FILL_MISSING'] as const;
/** Whose fields win (billing.md C8). */
export type Strategy = (typeof strategies)[number];

/** What a merge moved; the names are those of the published result. */
export interface Counts {
  subscriptions_count: number;
  invoices_count: number;
  payment_methods_count: number;
  usage_events_count: number;
  promotion_redemptions_count: number;
  customer_scoped_prices_count: number;
  wallets_moved_count: number;
  wallets_merged_count: number;
}

export const noCounts = (): Counts => ({
  subscriptions_count: 0,
  invoices_count: 0,
  payment_methods_count: 0,
  usage_events_count: 0,
  promotion_redemptions_count: 0,
  customer_scoped_prices_count: 0,
  wallets_moved_count: 0,
  wallets_merged_count: 0,
});

/** What one field will be, and whose value that is. */
export interface MergedField {
  field: string;
  value: unknown;
  from: 'source' | 'target' | 'both';
}

/** What a merge did, or would do. */
export interface Merged {
  id: string;
  source_customer_id: string;
  target_customer_id: string;
  strategy: Strategy;
  counts: Counts;
  fields: MergedField[];
  balances: MergedBalance[];
}

/** A merge as it is kept; `fields` are gone once one of the two was erased. */
export interface KeptMerge {
  id: string;
  source_customer_id: string;
  target_customer_id: string;
  strategy: Strategy;
  fields: { source: Customer; before: Customer; after: Customer } | null;
  created_at: string;
  undone_at: string | null;
  /** Whether it is too long ago to be undone. */
  late: boolean;
}
