import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, DomainError, invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { type Customer, customerChange, recordOf, stamped, updateAll } from '../customers/index.ts';
import { type Merging, mergeClaims } from './claims.ts';
import { finishMerge, insertMerge, lockBoth } from './merge.store.ts';
import { type Merged, noCounts, type Strategy, strategies } from './merge.ts';
import { mergedCustomer } from './merge-fields.ts';

/** Which customer becomes part of which, and whose fields win. */
export interface MergeInput {
  source_customer_id: string;
  target_customer_id: string;
  strategy?: string;
}

/** Why two customers cannot be merged. */
export interface Blocker {
  code: string;
  customer_id: string;
  detail: string;
}

/** What a merge would do, or what is in its way. */
export type Preview = Omit<Merged, 'id'> & { blockers: Blocker[] };

function strategyOf(text: string | undefined): Strategy {
  const found = strategies.find((s) => s === (text ?? 'KEEP_TARGET').toUpperCase());
  if (found !== undefined) return found;
  const { rule: _, ...issue } = bodyIssue(
    ['strategy'],
    `Must be one of ${strategies.join(', ')}`,
    text,
  );
  throw invalid([{ ...issue, type: 'enum' }]);
}

/** Both customers of a merge, locked. Errors: 404; 422 for one and the same. */
export async function lockPair(
  w: Work,
  caller: Caller,
  pair: Pick<MergeInput, 'source_customer_id' | 'target_customer_id'>,
): Promise<{ source: Customer; target: Customer }> {
  const { source_customer_id: from, target_customer_id: to } = pair;
  if (from === to) {
    throw new DomainError('SAME_CUSTOMER', 'rule', 'A customer cannot be merged into itself', {
      members: { entity_type: 'customer', entity_id: to },
    });
  }
  const { rows } = await w.run<Customer>(lockBoth(caller.workspaceId, [from, to]));
  const one = (id: string): Customer => {
    const found = rows.find((customer) => customer.id === id);
    if (found === undefined) throw notFound('No such customer', { type: 'customer', id });
    return found;
  };
  return { source: one(from), target: one(to) };
}

const blockersOf = (customers: Customer[]): Blocker[] =>
  customers
    .filter((customer) => customer.deleted_at !== null)
    .map(({ id, status }) => ({
      code: 'INVALID_STATE_TRANSITION',
      customer_id: id,
      detail:
        status === 'MERGED' ? 'This customer was merged already' : 'This customer was deleted',
    }));

/** Everything a merge does, inside its transaction; both customers are locked and live. */
async function merge(
  w: Work,
  caller: Caller,
  { source, target }: { source: Customer; target: Customer },
  strategy: Strategy,
): Promise<Merged> {
  const { workspaceId } = caller;
  const at = new Date().toISOString();
  const id = newId();
  const counts = noCounts();
  const merging: Merging = {
    ...{ caller, workspaceId, mergeId: id, source, target, at, counts, balances: [] },
  };
  w.defer(insertMerge(workspaceId, id, source.id, target.id, strategy, at));
  for (const claim of Object.values(mergeClaims)) await claim.merge(w, merging);
  const { after, fields } = mergedCustomer(source, target, strategy);
  const gone: Customer = {
    ...recordOf(source),
    status: 'MERGED',
    status_before_archive: null,
    deleted_at: at,
    merged_into: target.id,
    external_id: null,
  };
  stamped(source, gone, at);
  // First who goes: the survivor may take over its address.
  w.defer(updateAll([gone], workspaceId));
  const changed = stamped(target, after, at);
  if (changed) w.defer(updateAll([after], workspaceId));
  w.defer(finishMerge(workspaceId, id, counts, { source, before: target, after }));
  if (changed) w.record(customerChange(target, after, 'customer.updated'));
  w.record({
    ...customerChange(source, gone, 'customer.merged'),
    event: { type: 'customer.merged', data: { id, source: source.id, target: target.id, counts } },
  });
  w.concerns(target.id);
  const pair = { source_customer_id: source.id, target_customer_id: target.id };
  return { id, ...pair, strategy, counts, fields, balances: merging.balances };
}

/**
 * Makes one customer part of another, in one transaction (billing.md C8, README decision 31).
 * Errors: 400, 404; 409 where one of them was merged or deleted; 422 for one and the same.
 */
export function mergeCustomers(app: App, caller: Caller, input: MergeInput): Promise<Merged> {
  const strategy = strategyOf(input.strategy);
  return app.work(
    caller,
    async (w) => {
      const pair = await lockPair(w, caller, input);
      const [blocker] = blockersOf([pair.source, pair.target]);
      if (blocker !== undefined) {
        throw new DomainError('INVALID_STATE_TRANSITION', 'conflict', blocker.detail, {
          members: { entity_type: 'customer', entity_id: blocker.customer_id },
        });
      }
      return merge(w, caller, pair, strategy);
    },
    { lane: 'slow' },
  );
}

/**
 * Does a merge and takes it back. Out: what it would do, and what is in its way. Errors: 400, 404,
 * 422 for one and the same.
 */
export function previewMerge(app: App, caller: Caller, input: MergeInput): Promise<Preview> {
  const strategy = strategyOf(input.strategy);
  const { idempotency: _, ...reader } = caller;
  return app.work(
    reader,
    async (w): Promise<Preview> => {
      const pair = await lockPair(w, reader, input);
      const blockers = blockersOf([pair.source, pair.target]);
      const { source_customer_id, target_customer_id } = input;
      if (blockers.length > 0) {
        const named = { source_customer_id, target_customer_id, strategy };
        return { ...named, counts: noCounts(), fields: [], balances: [], blockers };
      }
      const { id: __, ...merged } = await merge(w, reader, pair, strategy);
      return { ...merged, blockers };
    },
    { lane: 'slow', rollback: true },
  );
}
