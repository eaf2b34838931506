import type { Readable } from 'node:stream';
import { to as copyTo } from 'pg-copy-streams';
import type { Caller } from '../kernel/caller.ts';
import { sendBatch } from './drivers/batch.ts';
import type { Driver } from './drivers/driver.ts';
import { statement } from './drivers/statement.ts';
import { entryStatement } from './entry.ts';
import { publicFailure } from './failures.ts';

/**
 * Opens `COPY (…) TO STDOUT` for a caller, in a transaction entered like every other.
 * In: a query without parameters (COPY takes none). Out: the stream; destroying it ends the copy.
 */
export type CopyDoor = (caller: Caller, query: string) => Promise<Readable>;

const begin = statement('copy.begin', 'begin read only');

/** The door for streams out of PostgreSQL. The embedded engine has none: its COPY writes files. */
export function createCopyDoor(driver: Driver): CopyDoor | undefined {
  if (driver.engine === 'pglite') return undefined;
  return async (caller, query) => {
    const held = await driver.hold('stream');
    try {
      await sendBatch(held.client, [begin(), entryStatement(caller)]);
    } catch (error) {
      held.release(true);
      throw publicFailure(error);
    }
    const stream = held.client.query(copyTo(`copy (${query}) to stdout (format csv)`));
    let whole = false;
    stream.once('end', () => {
      whole = true;
    });
    stream.once('close', () => {
      if (!whole) held.release(true);
      else
        held.client.query('rollback').then(
          () => held.release(),
          () => held.release(true),
        );
    });
    return stream;
  };
}
