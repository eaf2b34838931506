import { bodyIssue, invalid } from '../../kernel/errors.ts';
import type { EXPORT_HEADERS } from '../exports/index.ts';

const FIELDS = new Set([
  'external_id',
  'email',
  'name',
  'type',
  'workspace_id',
  'billing_address.line1',
  'billing_address.line2',
  'billing_address.postal_code',
  'billing_address.city',
  'billing_address.state',
  'billing_address.country',
  'owner.email',
  'owner.name',
  'owner.external_id',
]);
const PAIR = /^metadata\.(?!__proto__$)./s;

/** The export's headers and the columns they stand for; what was created when is not imported. */
const exported: Record<(typeof EXPORT_HEADERS)[number], string | undefined> = {
  ID: 'id',
  'External ID': 'external_id',
  'Created At': undefined,
  Email: 'email',
  Name: 'name',
  'Billing Address Line 1': 'billing_address.line1',
  'Billing Address Line 2': 'billing_address.line2',
  'Billing Address City': 'billing_address.city',
  'Billing Address State': 'billing_address.state',
  'Billing Address Zip': 'billing_address.postal_code',
  'Billing Address Country': 'billing_address.country',
  Metadata: 'metadata',
};

/** What a file may hold, by what is imported. */
export interface Layout {
  /** Whether a dotted name is a column; other names are ignored. */
  isColumn(name: string): boolean;
  /** Fields that JSON may give whole. */
  whole: ReadonlySet<string>;
  /** Headers of our own export, where there is one, and the columns they stand for. */
  exported: Readonly<Record<string, string | undefined>>;
}

/** The columns of customers. */
export const customerLayout: Layout = {
  isColumn: (name) => FIELDS.has(name) || PAIR.test(name),
  whole: new Set(['billing_address', 'metadata', 'owner']),
  exported,
};

/** How the cells of a CSV file are read. */
export interface Columns {
  /** By position: the column, or undefined for one that is ignored. */
  at: (string | undefined)[];
  /** The file is our own export: its guard comes off, and its metadata is JSON. */
  exported: boolean;
  shownAs: (column: string) => string;
}

const refuse = (message: string, header: string | null) =>
  invalid([bodyIssue([], message, header)]);

/**
 * Reads a CSV header: every header of the export, else names of fields.
 * Errors: 422 if no column is known or a known one stands twice.
 */
export function readHeader(cells: string[], layout: Layout): Columns {
  const names = cells.map((cell) => cell.trim());
  const headers = Object.keys(layout.exported);
  const exported = headers.length > 0 && headers.every((header) => names.includes(header));
  const at = names.map((name) =>
    exported ? layout.exported[name] : layout.isColumn(name) ? name : undefined,
  );
  const shown = new Map<string, string>();
  for (const [i, column] of at.entries()) {
    if (column === undefined) continue;
    const name = names[i] as string;
    if (shown.has(column)) throw refuse(`The column ${name} stands twice`, name);
    shown.set(column, name);
  }
  if (shown.size === 0) {
    throw refuse(
      'No column is known: the first line names them, separated by commas',
      names.join(',').slice(0, 200),
    );
  }
  const whole = exported ? 'Metadata' : undefined;
  return {
    at,
    exported,
    shownAs: (column) =>
      shown.get(column) ?? (column.startsWith('metadata.') ? whole : undefined) ?? column,
  };
}
