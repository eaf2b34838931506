import type { Readable } from 'node:stream';
import type { RunKey } from '../../db/long-runs.ts';
import type { Work } from '../../db/work.ts';
import type { Caller, IdempotentRequest } from '../../kernel/caller.ts';
import { DomainError, type Issue } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import type { Layout } from './columns.ts';
import { type MediaType, type ParseJson, readRows } from './read-rows.ts';
import { failed, type ReadRow, type Verdict } from './row.ts';
import type { Spool } from './spool.ts';
import type { Tally } from './tally.ts';

/** What an import is given. */
export interface ImportSource {
  body: Readable;
  mediaType: MediaType;
  parseJson: ParseJson;
  /** Does all the same and keeps nothing of it. */
  dryRun: boolean;
  /** Ends when the caller has gone. */
  signal: AbortSignal;
  /** The Idempotency-Key of the request, given the digest of its body. */
  idempotency: (bodyDigest: Buffer) => IdempotentRequest | undefined;
}

/** What is imported. */
export interface Importer {
  layout: Layout;
  /** Applies rows in their order. Out: a verdict on each. */
  apply(w: Work, rows: ReadRow[]): Promise<Verdict[]>;
  /** What a failure of `apply` says about a row that was alone, if the row is at fault. */
  fault(error: unknown): Issue | undefined;
}

/** One import on its way. */
export interface Run {
  app: App;
  caller: Caller;
  source: ImportSource;
  importer: Importer;
  file: Spool;
  key: RunKey | undefined;
  tally: Tally;
}

/** Runs a part of an import so that it is done as a whole or not at all. */
export type Transact = (part: (w: Work) => Promise<Verdict[]>) => Promise<Verdict[]>;

const MOST_ROWS = 500;
const MOST_BYTES = 1024 * 1024;

/** The rows of the file, in batches that are small enough to be one transaction. */
export async function* batches({ file, source, importer }: Run): AsyncGenerator<ReadRow[]> {
  let rows: ReadRow[] = [];
  let bytes = 0;
  for await (const row of readRows(
    file.pieces(),
    source.mediaType,
    source.parseJson,
    importer.layout,
  )) {
    rows.push(row);
    bytes += row.size;
    if (rows.length < MOST_ROWS && bytes < MOST_BYTES) continue;
    yield rows;
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield rows;
}

const gone = () => new DomainError('Unavailable', 'unavailable', 'The caller has gone');

/**
 * Settles rows together. Where another writer comes between, they are tried again with what is
 * there by then, then in halves, so that in the end only the row that met it fails.
 */
export async function settle(run: Run, rows: ReadRow[], transact: Transact): Promise<Verdict[]> {
  let failure: unknown;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    try {
      return await transact((w) => {
        if (run.source.signal.aborted) throw gone();
        if (run.key !== undefined) w.defer(run.key.renew());
        return run.importer.apply(w, rows);
      });
    } catch (error) {
      if (run.importer.fault(error) === undefined) throw error;
      failure = error;
    }
  }
  const [row] = rows as [ReadRow];
  if (rows.length === 1) {
    const issue = run.importer.fault(failure);
    if (issue === undefined || !('given' in row)) throw failure;
    return [failed(row, [issue])];
  }
  const half = Math.ceil(rows.length / 2);
  return [
    ...(await settle(run, rows.slice(0, half), transact)),
    ...(await settle(run, rows.slice(half), transact)),
  ];
}
