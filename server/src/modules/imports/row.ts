import type { Issue } from '../../kernel/errors.ts';
import type { RowProblem } from './frame.ts';

/** What one row gives, by column. */
export interface Row {
  line: number;
  /** Its length as it was sent, in bytes. */
  size: number;
  /** Columns by the names of a new customer's fields, dotted; `id` is that of our own export. */
  given: Record<string, unknown>;
  /** The values came as text: a cell that equals the stored value as text says nothing new. */
  text: boolean;
  /** The name under which the file has a column. */
  shownAs: (column: string) => string;
}

/** A row that could be read, or why it could not. */
export type ReadRow = Row | { line: number; size: number; problems: RowProblem[] };

/** What became of a row (README decision 29). */
export interface Verdict {
  line: number;
  status: 'created' | 'updated' | 'unchanged' | 'failed';
  id?: string;
  errors?: RowProblem[];
}

const NESTED = new Set(['billing_address', 'metadata', 'owner']);

function columnOf({ path, type }: Issue): string {
  // Only a state that its country does not have is found by looking at the whole address.
  if (path.length === 1 && path[0] === 'billing_address' && type === 'value_error') {
    return 'billing_address.state';
  }
  return path.slice(0, NESTED.has(String(path[0])) ? 2 : 1).join('.');
}

/** The verdict on a row that breaks rules: one error a column, under the file's own names. */
export function failed(row: Pick<Row, 'line' | 'shownAs'>, issues: Issue[]): Verdict {
  const errors = new Map<string, RowProblem>();
  for (const issue of issues) {
    const column = row.shownAs(columnOf(issue));
    const { type, message } = issue;
    if (!errors.has(column)) errors.set(column, { column, type, message });
  }
  return { line: row.line, status: 'failed', errors: [...errors.values()] };
}
