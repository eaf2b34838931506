import { enableCompileCache } from 'node:module';
import { ConfigProblems, readConfig } from './config/config.ts';
import { createLog } from './config/log.ts';

enableCompileCache();

/** Prints why the process cannot serve and ends it. */
function giveUp(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

try {
  const config = readConfig(process.env);
  const { serve } = await import('./serve.ts');
  await serve(
    config,
    createLog((line) => process.stderr.write(line)),
  );
} catch (error) {
  if (error instanceof ConfigProblems) giveUp(error.message);
  const { DatabaseRefused } = await import('./db/open.ts');
  const { DirectoryInUse } = await import('./db/drivers/pglite/index.ts');
  if (error instanceof DatabaseRefused || error instanceof DirectoryInUse) giveUp(error.message);
  giveUp(`Clientele could not start: ${(error as Error).stack}`);
}
