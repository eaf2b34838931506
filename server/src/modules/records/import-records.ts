import type { Readable } from 'node:stream';
import { brokenConstraint } from '../../db/failures.ts';
import type { Work } from '../../db/work.ts';
import type { Caller } from '../../kernel/caller.ts';
import { bodyIssue, type Issue } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { currencies } from '../billing/index.ts';
import {
  failed,
  type ImportSource,
  type Layout,
  type ReadRow,
  type Row,
  runImport,
  type Verdict,
} from '../imports/index.ts';
import type { RecordInput, RecordKind } from './record.ts';
import { RecordBatch, type RecordOwner } from './record-batch.ts';
import { recordCustomers } from './records.store.ts';

/** A row of the file: a record, and whose it is. */
type RecordRow = RecordInput & {
  customer_id?: string | null;
  customer_external_id?: string | null;
};

/** How the surface checks a row, which it brings into normal form in place. */
export type RecordRule = (row: Record<string, unknown>) => Issue[];

const COLUMNS = new Set([
  ...['kind', 'external_id', 'amount', 'currency', 'occurred_at'],
  ...['customer_id', 'customer_external_id'],
]);
const PAIR = /^metadata\.(?!__proto__$)(.+)$/s;

const layout: Layout = {
  isColumn: (name) => COLUMNS.has(name) || PAIR.test(name),
  whole: new Set(['metadata']),
  exported: {},
};

/** The record of a row, with the kind of the whole file where the row has none. */
function bodyOf(row: Row, kind: RecordKind | undefined): Record<string, unknown> {
  const body: Record<string, unknown> = kind === undefined ? {} : { kind };
  const pairs: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row.given)) {
    const key = PAIR.exec(column)?.[1];
    if (key === undefined) body[column] = value;
    else if (value !== null) pairs[key] = value;
  }
  const { metadata: whole = {} } = body;
  const given = Object.keys(pairs).length > 0 && whole !== null && typeof whole === 'object';
  return given ? { ...body, metadata: { ...whole, ...pairs } } : body;
}

interface Checked {
  row: Row;
  given: RecordRow;
  issues: Issue[];
}

function check(row: Row, kind: RecordKind | undefined, rule: RecordRule): Checked {
  const given = bodyOf(row, kind);
  const issues = rule(given);
  const named = ['customer_id', 'customer_external_id'].filter((name) => given[name] != null);
  if (named.length !== 1) {
    const message = 'A row names its customer by one of customer_id and customer_external_id';
    issues.push(bodyIssue(['customer_id'], message));
  }
  return { row, given: given as unknown as RecordRow, issues };
}

/** The customers that rows name, by their ids and external ids. */
async function ownersOf(w: Work, caller: Caller, rows: RecordRow[]) {
  const currencyOf = await currencies(w, caller);
  const { rows: found } = await w.run<{
    id: string;
    external_id: string | null;
    preferred_currency: string | null;
  }>(
    recordCustomers(
      caller.workspaceId,
      [...new Set(rows.flatMap((r) => r.customer_id ?? []))],
      [...new Set(rows.flatMap((r) => r.customer_external_id ?? []))],
    ),
  );
  const byName = new Map<string, RecordOwner>();
  for (const { id, external_id, preferred_currency } of found) {
    const owner = { id, currency: currencyOf(preferred_currency) };
    byName.set(`id ${id}`, owner);
    byName.set(`external ${external_id}`, owner);
  }
  return (row: RecordRow) =>
    byName.get(
      row.customer_id == null ? `external ${row.customer_external_id}` : `id ${row.customer_id}`,
    );
}

async function apply(
  w: Work,
  caller: Caller,
  rows: ReadRow[],
  kind: RecordKind | undefined,
  rule: RecordRule,
): Promise<Verdict[]> {
  const checked = rows.map((row) => ('given' in row ? check(row, kind, rule) : row));
  const fine = checked.filter((c): c is Checked => 'issues' in c && c.issues.length === 0);
  const ownerOf = await ownersOf(
    w,
    caller,
    fine.map((c) => c.given),
  );
  const batch = await RecordBatch.open(
    w,
    caller,
    fine.map((c) => c.given),
  );
  const verdicts = checked.map((one): Verdict => {
    if (!('issues' in one)) return { line: one.line, status: 'failed', errors: one.problems };
    const { row, given, issues } = one;
    if (issues.length > 0) return failed(row, issues);
    const owner = ownerOf(given);
    if (owner === undefined) {
      const column = given.customer_id == null ? 'customer_external_id' : 'customer_id';
      return failed(row, [bodyIssue([column], 'No such customer', given[column])]);
    }
    const step = batch.settle(owner, withPairs(row, given, batch));
    if (step.does === 'failed') return failed(row, [step.issue]);
    return { line: row.line, status: step.does, id: step.record.id };
  });
  await batch.write();
  return verdicts;
}

/** Pairs of a row that gives no whole metadata are added to what the record has. */
function withPairs(row: Row, given: RecordRow, batch: RecordBatch): RecordRow {
  if (given.metadata === undefined || row.given.metadata !== undefined) return given;
  const known = batch.known(given)?.metadata ?? {};
  const said = Object.entries(given.metadata).filter(
    ([key, value]) => !(row.text && Object.hasOwn(known, key) && String(known[key]) === value),
  );
  return { ...given, metadata: { ...known, ...Object.fromEntries(said) } };
}

/**
 * Imports records from a file: each row makes a record, or changes the one of its kind and
 * external id. Sending a file again changes nothing. In: the file, the kind of rows that name none,
 * and the rule by which the surface checks a row. Out: the answer as NDJSON.
 */
export function importRecords(
  app: App,
  caller: Caller,
  source: ImportSource,
  { kind, rule }: { kind: RecordKind | undefined; rule: RecordRule },
): Promise<Readable> {
  return runImport(app, caller, source, {
    layout,
    apply: (w, rows) => apply(w, caller, rows, kind, rule),
    fault: (error) =>
      brokenConstraint(error) === 'customer_records_external_id_key'
        ? bodyIssue(['external_id'], 'Another customer has this record')
        : undefined,
  });
}
