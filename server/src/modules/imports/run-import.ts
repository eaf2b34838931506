import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { RunKey } from '../../db/long-runs.ts';
import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { App } from '../app.ts';
import type { Importer, ImportSource, Run } from './run.ts';
import { Spool } from './spool.ts';
import { Tally } from './tally.ts';
import { verdicts } from './verdicts.ts';

const LARGEST_FILE = 4 * 1024 ** 3;

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

/** Everything between claiming the run's key, if it has one, and keeping its answer. */
async function* keyed(run: Run, key: RunKey): AsyncGenerator<string | Buffer> {
  const { app, caller } = run;
  await app.work(caller, (w) => key.claim(w));
  let end = key.fail(undefined);
  try {
    yield* verdicts(run);
    end = key.keep(run.tally.kept());
  } catch (error) {
    end = key.fail(error);
    throw error;
  } finally {
    await app.work(caller, (w) => w.defer(end)).catch(() => {});
  }
}

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
  importer: Importer,
): Promise<Readable> {
  const { file, digest } = await receive(source.body);
  const run = { app, caller, source, importer, file, key: undefined, tally: new Tally() };
  const lines = answer(run, digest);
  const body = Readable.from(resumed(await lines.next(), lines), { objectMode: false });
  body.once('close', () => void lines.return(undefined));
  return body;
}
