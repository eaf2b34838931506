import { brokenConstraint, publicFailure } from '../../db/failures.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, DomainError, type Issue } from '../../kernel/errors.ts';
import {
  type Customer,
  customerChange,
  emailTaken,
  externalIdTaken,
  insertAll,
  updateAll,
} from '../customers/index.ts';
import type { Member } from '../members/index.ts';
import { KnownCustomers } from './known-customers.ts';
import { failed, type ReadRow, type Verdict } from './row.ts';
import { type CustomerRules, identityOf, settleRow } from './settle-row.ts';

/** What rows of a batch have made and the database does not know yet; each customer once. */
class Unwritten {
  readonly #w: Work;
  readonly #workspaceId: string;
  readonly #created: Customer[] = [];
  readonly #owners: Member[] = [];
  readonly #updated: Customer[] = [];
  readonly #ids = new Set<string>();

  constructor(w: Work, workspaceId: string) {
    this.#w = w;
    this.#workspaceId = workspaceId;
  }

  has(customer: Customer): boolean {
    return this.#ids.has(customer.id);
  }

  create(customer: Customer, owner: Member): void {
    this.#ids.add(customer.id);
    this.#created.push(customer);
    this.#owners.push(owner);
    this.#w.record(customerChange(null, customer, 'customer.created'));
  }

  update(before: Customer, after: Customer): void {
    this.#ids.add(after.id);
    this.#updated.push(after);
    this.#w.record(customerChange(before, after, 'customer.updated'));
  }

  /**
   * Changes go first: they may free an address that a new customer takes. New ones go in one order,
   * so that two imports of the same people do not wait for each other in a circle.
   */
  async write(): Promise<void> {
    const created = this.#created.sort((a, b) => ((a.email ?? '') < (b.email ?? '') ? -1 : 1));
    const statements = [
      ...(this.#updated.length === 0 ? [] : [updateAll(this.#updated, this.#workspaceId)]),
      ...(created.length === 0 ? [] : [insertAll(created, this.#owners)]),
    ];
    const last = statements.map((s) => this.#w.defer(s)).at(-1);
    if (last !== undefined) await this.#w.now(last);
  }
}

/** Applies rows in their order, as if one after the other, in few round trips. */
export async function applyCustomers(
  w: Work,
  caller: Caller,
  rows: ReadRow[],
  rules: CustomerRules,
): Promise<Verdict[]> {
  const identities = rows.map((row) => ('given' in row ? identityOf(row, rules) : undefined));
  const known = await KnownCustomers.find(
    w,
    caller.workspaceId,
    identities.filter((i) => i !== undefined),
  );
  let unwritten = new Unwritten(w, caller.workspaceId);
  const verdicts: Verdict[] = [];
  for (const [i, row] of rows.entries()) {
    if (!('given' in row)) {
      verdicts.push({ line: row.line, status: 'failed', errors: row.problems });
      continue;
    }
    const step = settleRow(row, identities[i], known, rules, caller.workspaceId);
    if (step.does === 'failed') {
      verdicts.push(failed(row, step.issues));
      continue;
    }
    if (step.does === 'updated') {
      // A second change of one customer is a change of its own, in audit and change log too.
      if (unwritten.has(step.before)) {
        await unwritten.write();
        unwritten = new Unwritten(w, caller.workspaceId);
      }
      unwritten.update(step.before, step.after);
    }
    if (step.does === 'created') unwritten.create(step.after, step.owner);
    if (step.does !== 'unchanged') known.put(step.after);
    verdicts.push({ line: row.line, status: step.does, id: step.after.id });
  }
  await unwritten.write();
  return verdicts;
}

/** What a failure says about a row that was alone; undefined if it is no fault of the row. */
export function customerFault(error: unknown): Issue | undefined {
  const constraint = brokenConstraint(error);
  if (constraint === 'customers_email_key') return emailTaken('');
  if (constraint === 'customers_external_id_key') return externalIdTaken('');
  const known = publicFailure(error);
  const unfit = known instanceof DomainError && known.kind === 'invalid';
  return constraint === undefined && !unfit ? undefined : bodyIssue([], 'The row cannot be kept');
}
