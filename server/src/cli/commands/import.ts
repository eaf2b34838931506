import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { type Connection, send } from '../client.ts';
import { asWorkspace, optionsOf } from '../context.ts';
import { CliFailure } from '../failure.ts';
import { type FileRow, readCsv } from '../file/csv-file.ts';
import { FailedRows } from '../file/failed-rows.ts';
import { type Mapping, planMapping } from '../file/mapping.ts';
import { readVerdicts, type Summary, type Verdict } from '../file/verdicts.ts';
import { note, Progress, printAnswer, printFields } from '../output.ts';

interface ImportOptions {
  map: string[];
  dryRun: boolean;
  failed?: string;
}

const PATH = '/api/customers/import';
const JSON_TYPES: Record<string, string> = {
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
};

const reasons = (verdict: Verdict, columnOf: (field: string) => string) =>
  (verdict.errors ?? [])
    .map(({ column, message }) => (column === '' ? message : `${columnOf(column)}: ${message}`))
    .join('; ');

function shownRows(progress: Progress, counts: Record<string, number>): void {
  const rows = Object.entries(counts).map(([status, n]) => `${n} ${status}`);
  progress.show(rows.join(', '));
}

/** What is sent for a CSV file: its mapped columns. Rows that cannot be sent are left out. */
async function* mappedFile(
  path: string,
  mapping: Mapping,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const pack = (rows: string[][]) => Buffer.from(stringify(rows, { quoted: true }));
  let rows: string[][] = [mapping.fields];
  let first = true;
  for await (const { cells } of readCsv(path, onBytes)) {
    const row = first ? undefined : mapping.map(cells);
    first = false;
    if (Array.isArray(row)) rows.push(row);
    if (rows.length < 500) continue;
    yield pack(rows);
    rows = [];
  }
  yield pack(rows);
}

/** Pairs each verdict with its row, reading the file a second time, and reports what failed. */
async function report(
  verdicts: AsyncGenerator<Verdict, Summary>,
  rows: AsyncGenerator<FileRow>,
  mapping: Mapping,
  failed: FailedRows,
  progress: Progress,
): Promise<Summary> {
  const counts: Summary = { created: 0, updated: 0, unchanged: 0, failed: 0 };
  for await (const row of rows) {
    const sent = mapping.map(row.cells);
    if (!Array.isArray(sent)) {
      counts.failed += 1;
      await failed.add(row, sent.problem);
      continue;
    }
    const next = await verdicts.next();
    if (next.done) throw new CliFailure('the file was changed while it was imported');
    counts[next.value.status] += 1;
    if (next.value.status === 'failed')
      await failed.add(row, reasons(next.value, mapping.columnOf));
    shownRows(progress, { ...counts });
  }
  if (!(await verdicts.next()).done) throw new CliFailure('the file was changed meanwhile');
  return counts;
}

async function importCsv(
  connection: Connection,
  path: string,
  options: ImportOptions,
  progress: Progress,
): Promise<Summary> {
  if (options.failed !== undefined && resolve(options.failed) === resolve(path)) {
    throw new CliFailure('--failed must name another file');
  }
  const rows = readCsv(path);
  const header = (await rows.next()).value as FileRow | undefined;
  if (header === undefined) throw new CliFailure(`${path} is empty`);
  const mapping = planMapping(header.cells, options.map);
  if (mapping.ignored.length > 0) note(`Ignored columns: ${mapping.ignored.join(', ')}`);
  const failed = await FailedRows.start(options.failed, header.cells, mapping);
  const { size } = await stat(path);
  const answer = await send(connection, 'POST', PATH, {
    query: { dry_run: options.dryRun },
    contentType: 'text/csv',
    body: mappedFile(path, mapping, (bytes) =>
      progress.show(`sending ${Math.floor((100 * bytes) / size)} %`),
    ),
  });
  const summary = await report(readVerdicts(answer), rows, mapping, failed, progress);
  await failed.close();
  if (failed.count > 0 && options.failed !== undefined) note(`Failed rows: ${options.failed}`);
  return summary;
}

async function importJson(
  connection: Connection,
  path: string,
  contentType: string,
  options: ImportOptions,
  progress: Progress,
): Promise<Summary> {
  if (options.map.length > 0 || options.failed !== undefined) {
    throw new CliFailure('--map and --failed are for CSV files');
  }
  const file = createReadStream(path);
  const answer = await send(connection, 'POST', PATH, {
    query: { dry_run: options.dryRun },
    contentType,
    body: file,
  });
  const counts: Summary = { created: 0, updated: 0, unchanged: 0, failed: 0 };
  for await (const verdict of readVerdicts(answer)) {
    counts[verdict.status] += 1;
    if (verdict.status === 'failed') {
      progress.done();
      note(`row ${verdict.line}: ${reasons(verdict, (column) => column)}`);
    }
    shownRows(progress, { ...counts });
  }
  return counts;
}

/** Adds `import`. */
export function addImport(program: Command): void {
  program
    .command('import <file>')
    .description(
      'import customers from a CSV, NDJSON or JSON file; ends with code 1 if a row failed',
    )
    .option(
      '--map <column=field>',
      'what a column stands for; repeatable; nothing behind the = leaves it out',
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option('--dry-run', 'give the verdicts and keep nothing', false)
    .option('--failed <file>', 'write the rows that failed to a CSV that can be sent again')
    .action(async (path: string, _options, command: Command) => {
      const options = optionsOf<ImportOptions>(command);
      await stat(path).catch((error: Error) => {
        throw new CliFailure(`${path} cannot be read: ${error.message}`);
      });
      const progress = new Progress();
      const jsonType = JSON_TYPES[extname(path).toLowerCase()];
      const connection = asWorkspace(options);
      let summary: Summary;
      try {
        summary =
          jsonType === undefined
            ? await importCsv(connection, path, options, progress)
            : await importJson(connection, path, jsonType, options, progress);
      } finally {
        progress.done();
      }
      printAnswer(options.json, { summary }, () => printFields({ ...summary }));
      if (options.dryRun) note('Nothing was kept: this was a dry run.');
      if (summary.failed > 0) process.exitCode = 1;
    });
}
