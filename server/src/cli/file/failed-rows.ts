import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { CliFailure } from '../failure.ts';
import { note } from '../output.ts';
import type { FileRow } from './csv-file.ts';
import type { Mapping } from './mapping.ts';

const MOST_SHOWN = 10;

/** Collects the rows that failed: a few on the screen, or all of them in a file to be sent again. */
export class FailedRows {
  readonly #mapping: Mapping;
  readonly #file: Writable | undefined;
  count = 0;

  private constructor(mapping: Mapping, file: Writable | undefined) {
    this.#mapping = mapping;
    this.#file = file;
  }

  /** Errors: a `CliFailure` where the file cannot be written. */
  static async start(
    path: string | undefined,
    header: string[],
    mapping: Mapping,
  ): Promise<FailedRows> {
    if (path === undefined) return new FailedRows(mapping, undefined);
    const handle = await open(path, 'w').catch((error: Error) => {
      throw new CliFailure(`${path} cannot be written: ${error.message}`);
    });
    const rows = new FailedRows(mapping, handle.createWriteStream());
    await rows.#write(header, 'error');
    return rows;
  }

  async add(row: FileRow, problem: string): Promise<void> {
    this.count += 1;
    if (this.#file !== undefined) await this.#write(row.cells, problem);
    else if (this.count <= MOST_SHOWN) note(`line ${row.line}: ${problem}`);
    else if (this.count === MOST_SHOWN + 1) note('… --failed FILE writes them all to a file');
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    this.#file.end();
    await finished(this.#file);
  }

  async #write(cells: string[], remark: string): Promise<void> {
    const kept = cells.filter((_, i) => !this.#mapping.isRemark(i));
    const room = this.#file?.write(stringify([[...kept, remark]]));
    if (room === false) await once(this.#file as Writable, 'drain');
  }
}
