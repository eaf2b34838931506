import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import { send } from '../client.ts';
import { asWorkspace, optionsOf } from '../context.ts';
import { CliFailure } from '../failure.ts';
import { note } from '../output.ts';

/** Adds `export`. */
export function addExport(program: Command): void {
  program
    .command('export [file]')
    .description('write all customers as CSV, to a file or to standard output')
    .action(async (file: string | undefined, _options, command: Command) => {
      const answer = await send(asWorkspace(optionsOf(command)), 'GET', '/api/customers/export');
      const body = Readable.fromWeb(answer.body as ReadableStream);
      if (file === undefined) {
        await pipeline(body, process.stdout, { end: false }).catch(cutOff);
        return;
      }
      // The name is given to a whole file only.
      const part = `${file}.part`;
      try {
        await pipeline(body, createWriteStream(part));
        await rename(part, file);
      } catch (error) {
        await rm(part, { force: true });
        cutOff(error);
      }
      note(`Wrote ${file}`);
    });
}

function cutOff(error: unknown): never {
  throw new CliFailure(`the export did not complete: ${(error as Error).message}`);
}
