import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Issue } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import {
  type CustomerRecord,
  type RecordInput,
  readRecord,
  sameRecord,
  settled,
  shown,
} from './record.ts';
import { lockRecords, writeRecords } from './records.store.ts';

/** Whose record it is, and the currency of an amount that names none. */
export interface RecordOwner {
  id: string;
  currency: string;
}

/** What became of one record that was sent. */
export type Settled =
  | { does: 'created' | 'updated' | 'unchanged'; record: CustomerRecord }
  | { does: 'failed'; issue: Issue; heldBy?: string };

const keyOf = ({ kind, external_id }: Pick<CustomerRecord, 'kind' | 'external_id'>) =>
  `${kind} ${external_id}`;

/**
 * Records that are written together: each is found by kind and external id, of which a workspace
 * has one, and is changed or made. One that another customer holds is refused.
 */
export class RecordBatch {
  readonly #w: Work;
  readonly #caller: Caller;
  readonly #at = new Date().toISOString();
  readonly #known = new Map<string, CustomerRecord>();
  readonly #before = new Map<string, CustomerRecord | null>();

  private constructor(w: Work, caller: Caller) {
    this.#w = w;
    this.#caller = caller;
  }

  /** Finds and locks what will be written. */
  static async open(
    w: Work,
    caller: Caller,
    named: Pick<CustomerRecord, 'kind' | 'external_id'>[],
  ): Promise<RecordBatch> {
    const batch = new RecordBatch(w, caller);
    const keys = named.map(({ kind, external_id }) => ({ kind, external_id }));
    const { rows } = await w.run(lockRecords(caller.workspaceId, JSON.stringify(keys)));
    for (const record of rows.map(readRecord)) batch.#known.set(keyOf(record), record);
    return batch;
  }

  /** What is there of a record, after what was settled so far. */
  known(named: Pick<CustomerRecord, 'kind' | 'external_id'>): CustomerRecord | undefined {
    return this.#known.get(keyOf(named));
  }

  /** Decides what one record does. */
  settle(owner: RecordOwner, input: RecordInput): Settled {
    const before = this.known(input);
    if (before !== undefined && before.customer_id !== owner.id) {
      const message = 'Another customer has this record';
      const { external_id } = input;
      const issue: Issue = {
        ...{ in: 'body', path: ['external_id'], type: 'value_error', message, input: external_id },
        rule: 'conflict',
      };
      return { does: 'failed', issue, heldBy: before.id };
    }
    const start: CustomerRecord = before ?? {
      workspace_id: this.#caller.workspaceId,
      id: newId(),
      customer_id: owner.id,
      kind: input.kind,
      external_id: input.external_id,
      amount: null,
      currency: null,
      occurred_at: this.#at,
      metadata: {},
      created_at: this.#at,
      modified_at: null,
    };
    const after = settled(start, input, owner.currency);
    if ('path' in after) return { does: 'failed', issue: after };
    if (before !== undefined && sameRecord(before, after)) {
      return { does: 'unchanged', record: before };
    }
    const record = before === undefined ? after : { ...after, modified_at: this.#at };
    if (!this.#before.has(record.id)) this.#before.set(record.id, before ?? null);
    this.#known.set(keyOf(record), record);
    return { does: before === undefined ? 'created' : 'updated', record };
  }

  /** Writes what was settled, with its audit rows and events. */
  async write(): Promise<void> {
    const changed = [...this.#known.values()].filter((r) => this.#before.has(r.id));
    if (changed.length === 0) return;
    const rows = changed.map((r) => ({ ...r, amount: r.amount?.toString() ?? null }));
    await this.#w.run(writeRecords(JSON.stringify(rows)));
    for (const record of changed) {
      const before = this.#before.get(record.id) ?? null;
      const { id, customer_id } = record;
      this.#w.record({
        entity: 'customer_record',
        entityId: id,
        customerId: customer_id,
        before: before === null ? null : { ...shown(before), metadata: before.metadata },
        after: { ...shown(record), metadata: record.metadata },
        personal: ['metadata'],
        event: {
          type: before === null ? 'record.created' : 'record.updated',
          data: { id, customer_id, ...shown(record) },
        },
      });
    }
  }
}
