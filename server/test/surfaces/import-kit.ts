import { ImportSummary, ImportVerdict } from '@clientele/contracts/workspace/schemas/import.ts';
import type { Static } from '@sinclair/typebox';
import Ajv from 'ajv';
import type { TestWorkspace } from '../kit/program.ts';

const ajv = new Ajv.default({ strict: false, validateFormats: false });
const isVerdict = ajv.compile(ImportVerdict);
const isSummary = ajv.compile(ImportSummary);

/** One line of an import's answer. */
export type Line = Static<typeof ImportVerdict>;

/** What an import answered, taken apart. */
export interface Imported {
  status: number;
  verdicts: Line[];
  summary: Static<typeof ImportSummary>['summary'];
  headers: Headers;
  text: string;
}

const types = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

/** Sends a file; the last line must be the summary. */
export async function send(
  ws: TestWorkspace,
  format: keyof typeof types,
  file: string | Buffer,
  options: { dryRun?: boolean; headers?: Record<string, string> } = {},
): Promise<Imported> {
  const path = `/api/customers/import${options.dryRun ? '?dry_run=true' : ''}`;
  const { status, headers, text } = await ws.api('POST', path, file, {
    'content-type': types[format],
    ...options.headers,
  });
  if (status !== 200) throw new Error(`${status} ${text}`);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const last = lines.pop();
  if (!lines.every((line) => isVerdict(line)) || !isSummary(last)) {
    throw new Error(`Not what the contract says: ${text}`);
  }
  const { summary } = last;
  return { status, verdicts: lines, summary, headers, text };
}

export const statuses = (imported: Imported) => imported.verdicts.map((v) => v.status);

/** A CSV file from rows of cells, every cell quoted. */
export const csv = (...rows: string[][]) =>
  rows.map((row) => `${row.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');

export const ndjson = (...rows: unknown[]) => rows.map((r) => `${JSON.stringify(r)}\n`).join('');
