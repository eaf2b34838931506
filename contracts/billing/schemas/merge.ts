import { Type } from '@sinclair/typebox';
import { nullable, time, uuid, words } from '../../lib/schema.ts';
import { identifier, whole } from '../../workspace/schemas/stored.ts';
import { Money } from './money.ts';

const STRATEGIES = ['KEEP_TARGET', 'KEEP_SOURCE', 'FILL_MISSING'] as const;

export const MergeInput = Type.Object(
  {
    source_customer_id: uuid('Who becomes part of the other'),
    target_customer_id: uuid('Who stays'),
    strategy: Type.Optional(
      Type.String({
        description:
          'Whose fields win: KEEP_TARGET (unless given), KEEP_SOURCE (what the source has replaces ' +
          'what the target has), FILL_MISSING (the source fills what the target lacks); in any case',
        examples: [...STRATEGIES],
      }),
    ),
  },
  { title: 'MergeInput', description: 'Two customers that are one' },
);

const counts = {
  subscriptions_count: whole('Subscriptions that the target has now'),
  invoices_count: whole('Invoices that it has now'),
  payment_methods_count: whole('Payment methods that it has now'),
  usage_events_count: whole('Usage events that it has now'),
  promotion_redemptions_count: whole('Redeemed promotions that it has now'),
  customer_scoped_prices_count: whole('Prices of its own that it has now'),
  wallets_moved_count: whole('Wallets that it has now, in currencies it had none of'),
  wallets_merged_count: whole('Wallets whose money went into one of its own'),
};
const pair = {
  source_customer_id: identifier('Who became part of the other'),
  target_customer_id: identifier('Who stayed'),
};

export const MergeResult = Type.Object(
  { id: identifier('Unique id of the merge; undoing it needs it'), ...pair, ...counts },
  { title: 'MergeResult', description: 'What a merge moved' },
);

const balance = (description: string) =>
  Type.Object({ cash: Money, promotional: Money, held: Money }, { description });

export const MergePreview = Type.Object(
  {
    ...pair,
    strategy: words(STRATEGIES, { description: 'Whose fields win' }),
    ...counts,
    fields: Type.Array(
      Type.Object({
        field: Type.String({ description: 'Name of the field' }),
        value: Type.Unknown({ description: 'What it will be' }),
        from: words(['source', 'target', 'both'], { description: 'Whose value it is' }),
      }),
      { description: 'Every field that the two can differ in' },
    ),
    balances: Type.Array(
      Type.Object({
        currency: Type.String({ description: 'ISO 4217 code' }),
        source: nullable(balance('What the source has')),
        target: nullable(balance('What the target has')),
        result: balance('What the target will have'),
      }),
      { description: 'Money of both, by currency' },
    ),
    blockers: Type.Array(
      Type.Object({
        code: Type.String({ description: 'The code the merge would be refused with' }),
        customer_id: identifier('Who is in the way'),
        detail: Type.String({ description: 'Why, in words' }),
      }),
      { description: 'Why the merge cannot be done; empty where it can' },
    ),
  },
  { title: 'MergePreview', description: 'What a merge would do' },
);

export const MergeUndone = Type.Object(
  {
    id: identifier('The merge'),
    ...pair,
    undone_at: time('When it was undone'),
    exceptions: Type.Array(
      Type.Object({
        kind: Type.String({ description: 'What it is about: field, wallet, wallet_holds…' }),
        id: Type.String({ description: 'Its id, or the name of the field' }),
        detail: Type.String({ description: 'What could not be returned, and why' }),
      }),
      { description: 'What could not be split' },
    ),
  },
  { title: 'MergeUndone', description: 'What undoing a merge did' },
);
