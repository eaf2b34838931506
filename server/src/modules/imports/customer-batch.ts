import { brokenConstraint, isTransient, publicFailure } from '../../db/failures.ts';
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
import { failed, type ReadRow, type Row, type Verdict } from './row.ts';
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

  /** Changes go first: they may free an address that a new customer takes. */
  async write(): Promise<void> {
    const statements = [
      ...(this.#updated.length === 0 ? [] : [updateAll(this.#updated, this.#workspaceId)]),
      ...(this.#created.length === 0 ? [] : [insertAll(this.#created, this.#owners)]),
    ];
    const last = statements.map((s) => this.#w.defer(s)).at(-1);
    if (last !== undefined) await this.#w.now(last);
  }
}

async function applyTogether(
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

/** Why a single row could not be kept, if it is the row's own fault. */
function rowIssue(row: Row, error: unknown): Issue | undefined {
  const constraint = brokenConstraint(error);
  if (constraint === 'customers_email_key') return emailTaken(String(row.given.email));
  if (constraint === 'customers_external_id_key') {
    return externalIdTaken(String(row.given.external_id));
  }
  const known = publicFailure(error);
  const unfit = known instanceof DomainError && known.kind === 'invalid';
  return constraint === undefined && !unfit ? undefined : bodyIssue([], 'The row cannot be kept');
}

const MOST_ATTEMPTS = 3;

async function applyOne(
  w: Work,
  caller: Caller,
  row: ReadRow,
  rules: CustomerRules,
): Promise<Verdict[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await w.attempt(() => applyTogether(w, caller, [row], rules));
    } catch (error) {
      const issue = 'given' in row ? rowIssue(row, error) : undefined;
      if (issue === undefined && !isTransient(error)) throw error;
      if (attempt < MOST_ATTEMPTS) continue;
      if (issue === undefined) throw error;
      return [failed(row as Row, [issue])];
    }
  }
}

/**
 * Applies a batch of rows in their order, as if one after the other, in few round trips. Where
 * another writer comes between, the batch is tried again, then row by row, so that only the row
 * that met it is judged anew. Out: a verdict on each row.
 */
export async function applyCustomers(
  w: Work,
  caller: Caller,
  rows: ReadRow[],
  rules: CustomerRules,
): Promise<Verdict[]> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    try {
      return await w.attempt(() => applyTogether(w, caller, rows, rules));
    } catch (error) {
      const rowFault = rows.some((row) => 'given' in row && rowIssue(row, error) !== undefined);
      if (!rowFault && !isTransient(error)) throw error;
    }
  }
  const verdicts: Verdict[] = [];
  for (const row of rows) verdicts.push(...(await applyOne(w, caller, row, rules)));
  return verdicts;
}
