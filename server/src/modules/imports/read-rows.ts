import { parse } from 'csv-parse/sync';
import { bodyIssue, invalid } from '../../kernel/errors.ts';
import { unguard } from '../exports/index.ts';
import { ArrayCutter } from './array-cutter.ts';
import { type Columns, type Layout, readHeader } from './columns.ts';
import { type Frame, frames, type RowProblem, rowProblem } from './frame.ts';
import { LineCutter } from './line-cutter.ts';
import type { ReadRow } from './row.ts';

/** Reads one JSON text; throws an Error that says why it cannot. */
export type ParseJson = (bytes: Buffer) => unknown;

/** The media types an import takes. */
export type MediaType = 'text/csv' | 'application/x-ndjson' | 'application/json';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Unreadable extends Error {
  readonly problem: RowProblem;
  constructor(problem: RowProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function cellsOf(bytes: Buffer): string[] {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Unreadable(rowProblem('value_error', 'The row is not UTF-8'));
  }
  try {
    const [cells] = parse(text, { record_delimiter: '\n', relax_quotes: true }) as string[][];
    return cells ?? [];
  } catch {
    throw new Unreadable(rowProblem('csv_invalid', 'The row is not valid CSV'));
  }
}

/** The metadata of our own export; numbers come in the database's spelling. */
function readMetadata(cell: string, parseJson: ParseJson): unknown {
  try {
    return parseJson(Buffer.from(JSON.stringify(JSON.parse(cell))));
  } catch {
    throw new Unreadable({
      column: 'Metadata',
      type: 'json_invalid',
      message: 'Is not valid JSON',
    });
  }
}

function csvRow(frame: { line: number; bytes: Buffer }, columns: Columns, parseJson: ParseJson) {
  const cells = cellsOf(frame.bytes);
  if (cells.length !== columns.at.length) {
    throw new Unreadable(
      rowProblem(
        'column_count',
        `The row has ${cells.length} cells, the header has ${columns.at.length}`,
      ),
    );
  }
  const given: Record<string, unknown> = {};
  for (const [i, column] of columns.at.entries()) {
    const cell = cells[i] as string;
    if (column === undefined || cell === '') continue;
    if (cell.includes('\0')) {
      throw new Unreadable({
        column: columns.shownAs(column),
        type: 'value_error',
        message: 'Holds a character that is not text',
      });
    }
    const value = columns.exported ? unguard(cell) : cell;
    given[column] = column === 'metadata' ? readMetadata(value, parseJson) : value;
  }
  return {
    line: frame.line,
    size: frame.bytes.length,
    given,
    text: true,
    shownAs: columns.shownAs,
  };
}

const asIs = (column: string) => column;

function jsonRow(frame: { line: number; bytes: Buffer }, layout: Layout, parseJson: ParseJson) {
  let value: unknown;
  try {
    value = parseJson(frame.bytes);
  } catch (error) {
    const reason = (error as Error).message;
    throw new Unreadable(rowProblem('json_invalid', `The row is not valid JSON: ${reason}`));
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Unreadable(rowProblem('model_attributes_type', 'A row must be an object'));
  }
  const given = Object.fromEntries(
    Object.entries(value).filter(([name]) => layout.whole.has(name) || layout.isColumn(name)),
  );
  return { line: frame.line, size: frame.bytes.length, given, text: false, shownAs: asIs };
}

function read(frame: Frame, one: (frame: { line: number; bytes: Buffer }) => ReadRow): ReadRow {
  if ('problem' in frame) return { line: frame.line, size: 0, problems: [frame.problem] };
  try {
    return one(frame);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { line: frame.line, size: frame.bytes.length, problems: [error.problem] };
  }
}

function header(frame: Frame, layout: Layout): Columns {
  try {
    if ('problem' in frame) throw new Unreadable(frame.problem);
    return readHeader(cellsOf(frame.bytes), layout);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw invalid([bodyIssue([], `The header cannot be read: ${error.message}`, null)]);
  }
}

/**
 * The rows of a file, in its order. In: its bytes; a JSON parser that refuses what no body may hold;
 * which columns there are.
 * A row that cannot be read is one with problems. Errors: 422 for a CSV header that cannot be used.
 */
export async function* readRows(
  pieces: AsyncIterable<Buffer>,
  mediaType: MediaType,
  parseJson: ParseJson,
  layout: Layout,
): AsyncGenerator<ReadRow> {
  if (mediaType !== 'text/csv') {
    const cutter = mediaType === 'application/json' ? new ArrayCutter() : new LineCutter(false);
    for await (const frame of frames(pieces, cutter)) {
      if (mediaType === 'application/json' || !isBlank(frame)) {
        yield read(frame, (f) => jsonRow(f, layout, parseJson));
      }
    }
    return;
  }
  let columns: Columns | undefined;
  for await (const frame of frames(pieces, new LineCutter(true))) {
    if (columns === undefined) columns = header(frame, layout);
    else {
      const known = columns;
      yield read(frame, (f) => csvRow(f, known, parseJson));
    }
  }
}

const isBlank = (frame: Frame) => 'bytes' in frame && !frame.bytes.some((byte) => byte > 0x20);
