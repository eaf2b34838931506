import type { Work } from '../../db/work.ts';
import { DomainError } from '../../kernel/errors.ts';
import { batches, type Run, settle } from './run.ts';
import { Slots } from './slots.ts';
import { Spool } from './spool.ts';

/** Imports leave most of the database's connections to other requests. */
const transactions = new Slots(4);

/** A transaction a batch: between two of them other requests have their turn. */
async function* perform(run: Run): AsyncGenerator<string> {
  for await (const rows of batches(run)) {
    const verdicts = await settle(run, rows, (part) =>
      transactions.run(() => run.app.work(run.caller, part)),
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
      const verdicts = await settle(run, rows, (part) => w.attempt(() => part(w)));
      await said.append(Buffer.from(run.tally.lines(verdicts)));
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

/** The lines of an import's answer, but for the last one. */
export const verdicts = (run: Run): AsyncGenerator<string | Buffer> =>
  run.source.dryRun ? rehearse(run) : perform(run);
