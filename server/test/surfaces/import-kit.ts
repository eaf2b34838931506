import type { TestWorkspace } from '../kit/program.ts';

/** One line of an import's answer. */
export interface Line {
  line: number;
  status: 'created' | 'updated' | 'unchanged' | 'failed';
  id?: string;
  errors?: { column: string; type: string; message: string }[];
}

/** What an import answered, taken apart. */
export interface Imported {
  status: number;
  verdicts: Line[];
  summary: Record<string, number>;
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
  const { summary } = lines.pop();
  return { status, verdicts: lines, summary, headers, text };
}

export const statuses = (imported: Imported) => imported.verdicts.map((v) => v.status);

/** A CSV file from rows of cells, every cell quoted. */
export const csv = (...rows: string[][]) =>
  rows.map((row) => `${row.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');

export const ndjson = (...rows: unknown[]) => rows.map((r) => `${JSON.stringify(r)}\n`).join('');
