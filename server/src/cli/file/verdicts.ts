import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type {
  ImportSummary,
  ImportVerdict,
} from '@clientele/contracts/workspace/schemas/import.ts';
import type { Static } from '@sinclair/typebox';
import { CliFailure } from '../failure.ts';

/** How many rows ended in which way. */
export type Summary = Static<typeof ImportSummary>['summary'];

/** What the server says about one row. */
export type Verdict = Static<typeof ImportVerdict>;

/**
 * Reads the answer of an import as it comes; returns its summary.
 * Errors: a `CliFailure` where the answer ends without one.
 */
export async function* readVerdicts(answer: Response): AsyncGenerator<Verdict, Summary> {
  let rows = 0;
  const cutOff = () =>
    new CliFailure(
      `the import was cut off after ${rows} rows, which stay as they are; send the file again`,
    );
  try {
    const input = Readable.fromWeb(answer.body as ReadableStream);
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const said = JSON.parse(line) as Verdict | Static<typeof ImportSummary>;
      if ('summary' in said) return said.summary;
      rows += 1;
      yield said;
    }
  } catch {
    throw cutOff();
  }
  throw cutOff();
}
