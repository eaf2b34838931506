import { enableCompileCache } from 'node:module';
import { ConfigProblems, readConfig } from './config/config.ts';
import { createLog } from './config/log.ts';
import { DirectoryInUse, EMBEDDED_USER, openEmbedded } from './db/drivers/pglite/index.ts';

enableCompileCache();

/** Prints why the process cannot serve and ends it. */
function giveUp(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

try {
  const config = readConfig(process.env);
  const log = createLog((line) => process.stderr.write(line));
  // The embedded engine opens in its own thread while this one loads the rest of the program.
  const embedded =
    config.databaseUrl === undefined
      ? openEmbedded({
          dir: config.dataDir,
          user: EMBEDDED_USER,
          durability: config.durability,
          onEvent: ({ level, msg }) => log[level](msg),
        })
      : undefined;
  // Loading blocks this thread, and the engine is told to open once the directory is locked.
  await embedded?.locked;
  const { serve } = await import('./serve.ts');
  await serve(config, log, embedded);
} catch (error) {
  if (error instanceof ConfigProblems) giveUp(error.message);
  const { DatabaseRefused } = await import('./db/open.ts');
  if (error instanceof DatabaseRefused || error instanceof DirectoryInUse) giveUp(error.message);
  giveUp(`Clientele could not start: ${(error as Error).stack}`);
}
