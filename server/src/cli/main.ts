import { Command, CommanderError, Option } from 'commander';
import { addAudit } from './commands/audit.ts';
import { addCredential } from './commands/credential.ts';
import { addCustomers } from './commands/customers.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addSeed } from './commands/seed.ts';
import { addWorkspace } from './commands/workspace.ts';
import { CliFailure } from './failure.ts';

const program = new Command('clientele')
  .description('Works with a running Clientele server.')
  .addOption(
    new Option('--url <address>', 'address of the server')
      .env('CLIENTELE_URL')
      .default('http://localhost:3000'),
  )
  .addOption(new Option('--token <token>', 'access token of a workspace').env('CLIENTELE_TOKEN'))
  .addOption(
    new Option('--root-token <token>', 'root token of the installation').env(
      'CLIENTELE_ROOT_TOKEN',
    ),
  )
  .option('--json', 'print answers as JSON', false)
  .showHelpAfterError('(--help lists what there is)')
  .exitOverride();

for (const add of [
  addWorkspace,
  addCredential,
  addImport,
  addExport,
  addCustomers,
  addSeed,
  addDoctor,
  addAudit,
]) {
  add(program);
}

// Whoever reads our output may have seen enough (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  const message = error instanceof CliFailure ? error.message : (error as Error).stack;
  process.stderr.write(`clientele: ${message}\n`);
  process.exit(1);
}
