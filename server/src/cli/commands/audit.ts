import type { AuditCheck } from '@clientele/contracts/admin/schemas/upkeep.ts';
import type { Static } from '@sinclair/typebox';
import type { Command } from 'commander';
import { call } from '../client.ts';
import { asRoot, optionsOf } from '../context.ts';
import { printAnswer, printFields, printTable } from '../output.ts';

/** Adds `audit …`. */
export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('the audit trail')
    .command('verify')
    .description('check that no row was changed or removed; ends with code 1 if one was')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      const check = await call<Static<typeof AuditCheck>>(
        asRoot(options),
        'GET',
        '/admin/v1/audit/verify',
      );
      printAnswer(options.json, check, ({ ok, rows, broken }) => {
        printFields({ ok, rows, broken: broken.length });
        if (broken.length === 0) return;
        printTable(
          ['WORKSPACE', 'ROW', 'PROBLEM'],
          broken.map((b) => [b.workspace_id, b.seq, b.problem]),
        );
      });
      if (!check.ok) process.exitCode = 1;
    });
}
