import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { RunKey } from '../../db/long-runs.ts';
import type { Work } from '../../db/work.ts';
import type { Caller, IdempotentRequest } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import { type MediaType, type ParseJson, readRows } from './read-rows.ts';
import type { ReadRow, Verdict } from './row.ts';
import { Slots } from './slots.ts';
import { Spool } from './spool.ts';
import { Tally } from './tally.ts';

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

/** Applies rows inside a transaction. Out: a verdict on each. */
export type ApplyRows = (w: Work, rows: ReadRow[]) => Promise<Verdict[]>;

const LARGEST_FILE = 4 * 1024 ** 3;
const MOST_ROWS = 500;
const MOST_BYTES = 1024 * 1024;

/** Imports leave most of the database's connections to other requests. */
const transactions = new Slots(4);

interface Run {
  app: App;
  caller: Caller;
  source: ImportSource;
  apply: ApplyRows;
  file: Spool;
  key: RunKey | undefined;
  tally: Tally;
}

async function receive(body: Readable): Promise<{ file: Spool; digest: Buffer }> {
  const file = await Spool.open();
  const hash = createHash('sha256');
  try {
    for await (const piece of body) {
      if (file.size + piece.length > LARGEST_FILE) {
        throw new DomainError('PayloadTooLarge', 'too_large', 'A file has at most 4 GiB');
      }
      hash.update(piece);
      await file.append(piece);
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  return { file, digest: hash.digest() };
}

async function* batches({ file, source }: Run): AsyncGenerator<ReadRow[]> {
  let rows: ReadRow[] = [];
  let bytes = 0;
  for await (const row of readRows(file.pieces(), source.mediaType, source.parseJson)) {
    rows.push(row);
    bytes += row.size;
    if (rows.length < MOST_ROWS && bytes < MOST_BYTES) continue;
    yield rows;
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield rows;
}

async function applied(run: Run, w: Work, rows: ReadRow[]): Promise<Verdict[]> {
  if (run.source.signal.aborted) {
    throw new DomainError('Unavailable', 'unavailable', 'The caller has gone');
  }
  if (run.key !== undefined) w.defer(run.key.renew());
  return run.apply(w, rows);
}

/** A transaction a batch: between two of them other requests have their turn. */
async function* perform(run: Run): AsyncGenerator<string> {
  for await (const rows of batches(run)) {
    const verdicts = await transactions.run(() =>
      run.app.work(run.caller, (w) => applied(run, w, rows)),
    );
    yield run.tally.lines(verdicts);
  }
}

/**
 * One transaction that is taken back. Verdicts go to disk first: a caller who reads slowly must
 * not hold the transaction open.
 */
async function* rehearse(run: Run): AsyncGenerator<Buffer> {
  const said = await Spool.open();
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  let ended = false;
  let left = false;
  const body = async (w: Work) => {
    if (said.size > 0) {
      throw new DomainError('Unavailable', 'unavailable', 'The dry run was interrupted');
    }
    for await (const rows of batches(run)) {
      if (left) return;
      await said.append(Buffer.from(run.tally.lines(await applied(run, w, rows))));
      tell();
    }
  };
  const transaction = transactions
    .run(() => run.app.work(run.caller, body, { rollback: true }))
    .finally(() => {
      ended = true;
      tell();
    });
  transaction.catch(() => {});
  try {
    for (let at = 0; !ended || at < said.size; ) {
      const next = news.promise;
      for await (const piece of said.pieces(at)) {
        at += piece.length;
        yield piece;
      }
      if (!ended && at === said.size) await next;
    }
    await transaction;
  } finally {
    left = true;
    await transaction.catch(() => {});
    await said.close();
  }
}

/** Everything between claiming the run's key, if it has one, and keeping its answer. */
async function* keyed(run: Run, key: RunKey): AsyncGenerator<string | Buffer> {
  const { app, caller } = run;
  await app.work(caller, (w) => key.claim(w));
  let finished = false;
  try {
    yield* verdicts(run);
    await app.work(caller, (w) => w.defer(key.keep(run.tally.kept())));
    finished = true;
  } finally {
    if (!finished) await app.work(caller, (w) => w.defer(key.giveUp())).catch(() => {});
  }
}

const verdicts = (run: Run) => (run.source.dryRun ? rehearse(run) : perform(run));

async function* answer(run: Run, digest: Buffer): AsyncGenerator<string | Buffer> {
  try {
    const kept = run.source.idempotency(digest);
    run.key = kept && new RunKey(run.caller, kept, run.app.keys);
    yield* run.key === undefined ? verdicts(run) : keyed(run, run.key);
    yield run.tally.summary();
  } finally {
    await run.file.close();
  }
}

async function* resumed<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/**
 * Runs an import: takes the whole file to disk, so that a caller who sends all of it before it
 * reads is no problem, then answers NDJSON, a verdict a row and a summary at the end. An answer
 * without a summary is one that was cut off; what has a verdict by then stands.
 * Errors: before the first verdict as any other; later ones end the stream.
 */
export async function runImport(
  app: App,
  caller: Caller,
  source: ImportSource,
  apply: ApplyRows,
): Promise<Readable> {
  const { file, digest } = await receive(source.body);
  const run = { app, caller, source, apply, file, key: undefined, tally: new Tally() };
  const lines = answer(run, digest);
  const body = Readable.from(resumed(await lines.next(), lines), { objectMode: false });
  body.once('close', () => void lines.return(undefined));
  return body;
}
