import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError, notFound } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import {
  type Customer,
  clashes,
  customerChange,
  recordOf,
  stamped,
  updateAll,
} from '../customers/index.ts';
import type { Unsplit } from '../wallets/index.ts';
import { mergeClaims, type Undoing } from './claims.ts';
import { markUndone, mergeById } from './merge.store.ts';
import type { KeptMerge } from './merge.ts';
import { lockPair } from './merge-customers.ts';
import { unmergedCustomer } from './merge-fields.ts';

/** A merge that was undone, and what could not be returned. */
export interface Undone {
  id: string;
  source_customer_id: string;
  target_customer_id: string;
  undone_at: string;
  exceptions: Unsplit[];
}

async function find(w: Work, caller: Caller, id: string): Promise<KeptMerge> {
  const { rows } = await w.run<KeptMerge>(mergeById(caller.workspaceId, id));
  if (rows[0] === undefined) throw notFound('No such merge', { type: 'merge', id });
  return rows[0];
}

/** Why a merge cannot be undone; both customers are locked. */
function refusal(kept: KeptMerge, source: Customer, target: Customer): string | undefined {
  if (kept.undone_at !== null) return 'This merge was undone already';
  if (kept.late) return 'A merge can be undone within 30 days';
  if (target.deleted_at !== null) return 'The target was merged or deleted since';
  if (kept.fields === null || source.anonymized_at !== null) {
    return 'The source was anonymised since';
  }
  return source.merged_into === target.id ? undefined : 'The source is not part of the target';
}

/** The source as it was, but for identities that somebody else holds by now. */
async function revived(w: Work, source: Customer, was: Customer, unsplit: Unsplit[]) {
  const after: Customer = {
    ...recordOf(source),
    status: was.status,
    status_before_archive: was.status_before_archive,
    deleted_at: null,
    merged_into: null,
    external_id: was.external_id,
  };
  for (const issue of await w.now(clashes(w, after))) {
    const field = issue.path[0] as 'email' | 'external_id';
    after[field] = null;
    unsplit.push({ kind: 'field', id: field, detail: 'Another customer of the workspace has it' });
  }
  return after;
}

async function undo(
  w: Work,
  caller: Caller,
  kept: KeptMerge & { fields: NonNullable<KeptMerge['fields']> },
  source: Customer,
  target: Customer,
): Promise<Undone> {
  const { workspaceId } = caller;
  const at = new Date().toISOString();
  const { customer: survivor, unsplit } = unmergedCustomer(
    target,
    kept.fields.before,
    kept.fields.after,
  );
  // First the survivor: it may hold the address that goes back.
  if (stamped(target, survivor, at)) {
    w.defer(updateAll([survivor], workspaceId));
    w.record(customerChange(target, survivor, 'customer.updated'));
  }
  const alone = await revived(w, source, kept.fields.source, unsplit);
  stamped(source, alone, at);
  w.defer(updateAll([alone], workspaceId));
  const undoing: Undoing = {
    ...{ caller, workspaceId, mergeId: kept.id, source: alone, target: survivor, at, unsplit },
  };
  for (const claim of Object.values(mergeClaims)) await claim.undo(w, undoing);
  w.defer(markUndone(workspaceId, kept.id, at));
  const pair = { source: source.id, target: target.id };
  w.record({
    ...customerChange(source, alone, 'customer.unmerged'),
    event: {
      type: 'customer.unmerged',
      data: { id: kept.id, ...pair, exceptions: unsplit.length },
    },
  });
  w.concerns(target.id);
  const { id, source_customer_id, target_customer_id } = kept;
  return { id, source_customer_id, target_customer_id, undone_at: at, exceptions: unsplit };
}

/**
 * Undoes a merge within 30 days: what was moved goes back, what happened since stays with the
 * survivor. Errors: 404; 409 where it was undone already, is too long ago, where the survivor was
 * merged or deleted, or the source was anonymised since (README decision 33).
 */
export function undoMerge(app: App, caller: Caller, id: string): Promise<Undone> {
  return app.work(
    caller,
    async (w) => {
      const { source, target } = await lockPair(w, caller, await find(w, caller, id));
      // Read again: whoever was undoing it meanwhile is done now.
      const kept = await find(w, caller, id);
      const why = refusal(kept, source, target);
      if (why !== undefined) {
        throw new DomainError('MERGE_NOT_UNDOABLE', 'conflict', why, {
          members: { entity_type: 'merge', entity_id: id },
        });
      }
      const { fields } = kept as { fields: NonNullable<KeptMerge['fields']> };
      return undo(w, caller, { ...kept, fields }, source, target);
    },
    { lane: 'slow' },
  );
}
