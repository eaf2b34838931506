import { bodyIssue, type Issue } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { LEAST_CUSTOM, type PriceDraft, type PriceRow } from './share.ts';

const AMOUNTS = ['price_amount', 'minimum_amount', 'maximum_amount', 'preset_amount'] as const;
const OF_KIND = {
  fixed: ['price_amount'],
  custom: ['minimum_amount', 'maximum_amount', 'preset_amount'],
  free: [],
} as const;

type Terms = Pick<PriceRow, 'source' | 'amount_type' | 'price_currency' | (typeof AMOUNTS)[number]>;

/** What a price says, without the amounts of other kinds of price. */
function termsOf(draft: PriceDraft): Terms {
  const { source, amount_type, price_currency } = draft;
  const own: readonly string[] = OF_KIND[amount_type];
  const amounts = AMOUNTS.map((name) => [name, own.includes(name) ? (draft[name] ?? null) : null]);
  return { source, amount_type, price_currency, ...Object.fromEntries(amounts) } as Terms;
}

const same = (a: Terms, b: Terms) =>
  (['source', 'amount_type', 'price_currency', ...AMOUNTS] as const).every((f) => a[f] === b[f]);

/** What is wrong with prices: a fixed one without amount, a custom one whose amounts disagree. */
export function priceIssues(drafts: readonly PriceDraft[]): Issue[] {
  return drafts.flatMap((draft, i): Issue[] => {
    const terms = termsOf(draft);
    const issue = (field: (typeof AMOUNTS)[number], message: string) =>
      bodyIssue(['prices', i, field], message, terms[field]);
    if (terms.amount_type === 'fixed' && terms.price_amount === null) {
      return [issue('price_amount', 'A fixed price needs its amount')];
    }
    const least = terms.minimum_amount ?? LEAST_CUSTOM;
    const { maximum_amount: most, preset_amount: preset } = terms;
    return [
      ...(most !== null && most < least
        ? [issue('maximum_amount', `Must not be less than the least amount, ${least}`)]
        : []),
      ...(preset !== null && (preset < least || (most !== null && preset > most))
        ? [issue('preset_amount', 'Must lie between the least and the most amount')]
        : []),
    ];
  });
}

/**
 * Turns the live prices of a share into those that are wanted: equal ones stay the same price,
 * the others are archived and new ones made.
 */
export function settlePrices(
  share: { workspace_id: string; id: string },
  live: readonly PriceRow[],
  drafts: readonly PriceDraft[],
  at: string,
): { prices: PriceRow[]; added: PriceRow[]; archived: string[] } {
  const left = [...live];
  const kept: PriceRow[] = [];
  const added: PriceRow[] = [];
  drafts.forEach((draft, position) => {
    const terms = termsOf(draft);
    const found = left.findIndex((p) => same(p, terms));
    if (found >= 0) {
      kept.push(...left.splice(found, 1));
      return;
    }
    added.push({
      workspace_id: share.workspace_id,
      id: newId(),
      share_id: share.id,
      position,
      ...terms,
      is_archived: false,
      created_at: at,
      modified_at: null,
    });
  });
  const order = new Map(live.map((p, i) => [p.id, i]));
  kept.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  return { prices: [...kept, ...added], added, archived: left.map((p) => p.id) };
}
