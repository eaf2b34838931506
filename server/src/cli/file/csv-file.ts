import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { CliFailure } from '../failure.ts';

/** A row of the file: its cells, and the line it starts on. */
export interface FileRow {
  line: number;
  cells: string[];
}

const LONGEST_ROW = 1024 * 1024;

/**
 * Reads a CSV file row by row, the header among them; blank lines are no rows.
 * Errors: a `CliFailure` for a file that cannot be read or is no CSV.
 */
export async function* readCsv(
  path: string,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<FileRow> {
  const file = createReadStream(path);
  let bytes = 0;
  file.on('data', (piece) => {
    bytes += piece.length;
    onBytes(bytes);
  });
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: LONGEST_ROW,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const breaks = record.reduce((n, cell) => n + cell.split('\n').length - 1, 0);
      yield { line: info.lines - breaks, cells: record };
    }
  } catch (error) {
    const { message, lines } = error as CsvError & { lines?: number };
    if (!(error instanceof CsvError)) throw new CliFailure(`${path} cannot be read: ${message}`);
    throw new CliFailure(`${path} is no CSV that can be read, near line ${lines}: ${message}`);
  } finally {
    file.destroy();
  }
}
