import { EXPORT_HEADERS } from '../../kernel/export-headers.ts';
import { CliFailure } from '../failure.ts';
import { countryCode } from './countries.ts';
import { aliasOf, fieldNames, isField, NAME_PARTS } from './fields.ts';

/** How the columns of a file become fields of a customer. */
export interface Mapping {
  /** The header that is sent. */
  fields: string[];
  /** The cells that are sent for a row, or why the row cannot be sent. */
  map(cells: string[]): string[] | { problem: string };
  /** Columns that go nowhere. */
  ignored: string[];
  /** The file's own name for a field. */
  columnOf(field: string): string;
  /** Whether a column holds our own remarks on an earlier attempt. */
  isRemark(index: number): boolean;
}

const REMARK = 'error';

function explicit(columns: string[], maps: string[]): Map<number, string | undefined> {
  const chosen = new Map<number, string | undefined>();
  for (const text of maps) {
    const cut = text.indexOf('=');
    if (cut < 1) throw new CliFailure(`--map ${text} must be column=field`);
    const [column, field] = [text.slice(0, cut).trim(), text.slice(cut + 1).trim()];
    const exact = columns.indexOf(column);
    const index =
      exact >= 0 ? exact : columns.findIndex((c) => c.toLowerCase() === column.toLowerCase());
    if (index < 0) throw new CliFailure(`--map ${text}: the file has no column ${column}`);
    const part = (NAME_PARTS as readonly string[]).includes(field);
    if (field !== '' && !isField(field) && !part) {
      throw new CliFailure(`--map ${text}: ${field} is none of ${fieldNames()}`);
    }
    if (field !== '' && [...chosen.values()].includes(field)) {
      throw new CliFailure(`--map ${text}: another column is ${field} already`);
    }
    chosen.set(index, field === '' ? undefined : field);
  }
  return chosen;
}

/** The place of each field: what was asked for, then columns named like a field, then usual names. */
function places(columns: string[], chosen: Map<number, string | undefined>): Map<string, number> {
  const found = new Map<string, number>();
  for (const [index, field] of chosen) if (field !== undefined) found.set(field, index);
  for (const name of [(c: string) => (isField(c) ? c : undefined), aliasOf]) {
    for (const [index, column] of columns.entries()) {
      const field = chosen.has(index) ? undefined : name(column);
      if (field === undefined || found.has(field)) continue;
      found.set(field, index);
      chosen.set(index, field);
    }
  }
  return found;
}

function mapped(columns: string[], maps: string[]): Mapping {
  const chosen = explicit(columns, maps);
  const place = places(columns, chosen);
  const parts = NAME_PARTS.flatMap((part) => place.get(part) ?? []);
  const fields = [...place.keys()].filter((f) => !(NAME_PARTS as readonly string[]).includes(f));
  for (const field of ['name', 'owner.name']) {
    if (parts.length > 0 && !place.has(field)) fields.push(field);
  }
  if (!place.has('email') && !place.has('external_id')) {
    throw new CliFailure('no column is email or external_id: say which with --map column=email');
  }
  const used = new Set(place.values());
  return {
    fields,
    map(cells) {
      const person = parts
        .map((i) => cells[i]?.trim())
        .filter((text) => text !== '')
        .join(' ');
      return fields.map((field) => {
        const cell = cells[place.get(field) ?? -1] ?? '';
        if (field === 'billing_address.country' && cell !== '') return countryCode(cell);
        return (field === 'name' || field === 'owner.name') && cell.trim() === '' ? person : cell;
      });
    },
    ignored: columns.filter((c, i) => !chosen.has(i) && c !== REMARK),
    columnOf(field) {
      const index = place.get(field) ?? (field.endsWith('name') ? parts[0] : undefined);
      return index === undefined ? field : (columns[index] as string);
    },
    isRemark: (index) => columns[index] === REMARK && !used.has(index),
  };
}

function exported(columns: string[]): Mapping {
  const places = EXPORT_HEADERS.map((header) => columns.indexOf(header));
  return {
    fields: [...EXPORT_HEADERS],
    map: (cells) => places.map((i) => cells[i] as string),
    ignored: columns.filter((c) => !EXPORT_HEADERS.some((h) => h === c) && c !== REMARK),
    columnOf: (field) => field,
    isRemark: (index) => columns[index] === REMARK,
  };
}

/**
 * Plans how a file is sent. In: its header, and `column=field` texts (nothing behind the = ignores
 * the column). Errors: a `CliFailure` for a column or field that does not exist, or where nothing
 * names a customer.
 */
export function planMapping(header: string[], maps: string[]): Mapping {
  const columns = header.map((cell) => cell.trim());
  const own = maps.length === 0 && EXPORT_HEADERS.every((h) => columns.includes(h));
  const plan = own ? exported(columns) : mapped(columns, maps);
  return {
    ...plan,
    map(cells) {
      if (cells.length !== columns.length) {
        return { problem: `the row has ${cells.length} cells, the header has ${columns.length}` };
      }
      return cells.some((cell) => cell.includes('\ufffd'))
        ? { problem: 'the row is not UTF-8' }
        : plan.map(cells);
    },
  };
}
