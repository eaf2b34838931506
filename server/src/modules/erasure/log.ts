import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** An erasure that must survive a restored backup. */
export interface Erased {
  workspaceId: string;
  customerId: string;
}

/** The list of erased ids, kept outside the database (threats.md T40). */
export interface ErasureLog {
  /** Notes that an erasure begins; on disk when it returns. */
  begin(erased: Erased): Promise<void>;
  /** Notes that it has committed; on disk when it returns. */
  done(erased: Erased): Promise<void>;
  /** Every erasure that committed, and those of which only the beginning is known. */
  read(): { done: Erased[]; unsure: Erased[] };
}

const keyOf = (e: Erased) => `${e.workspaceId}/${e.customerId}`;

/** The log in a file of JSON lines; a torn last line is skipped. */
export function openErasureLog(file: string): ErasureLog {
  const write = async (state: 'begun' | 'done', e: Erased) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a', 0o600);
    try {
      const line = { at: new Date().toISOString(), state, ...e };
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  };
  return {
    begin: (e) => write('begun', e),
    done: (e) => write('done', e),
    read() {
      const begun = new Map<string, Erased>();
      const done = new Map<string, Erased>();
      if (!existsSync(file)) return { done: [], unsure: [] };
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        let entry: Erased & { state: string };
        try {
          entry = JSON.parse(line);
        } catch {
          continue;
        }
        const erased = { workspaceId: entry.workspaceId, customerId: entry.customerId };
        if (entry.state === 'done') done.set(keyOf(erased), erased);
        else begun.set(keyOf(erased), erased);
      }
      const unsure = [...begun].filter(([key]) => !done.has(key)).map(([, e]) => e);
      return { done: [...done.values()], unsure };
    },
  };
}
